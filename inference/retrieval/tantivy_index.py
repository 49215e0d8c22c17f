"""Full-text search with English and Russian stemming; one index per corpus content, built once and kept."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import filelock
import tantivy

from inference.declare import Doc
from inference.errors import ModelUnavailable
from inference.models.gguf import sha256_of
from inference.retrieval.corpus import corpus_file, documents
from inference.retrieval.excerpts import excerpt

FORMAT = 4  # raise it when the schema or the analysis changes: old indexes are then left alone
LANGUAGES = ("english", "russian")
BOOSTS = {"title": 4.0, "text": 2.0}
# question words, which the engine's own list of stop words lacks
ASKING = [
    "what", "which", "who", "whom", "whose", "where", "when", "why", "how", "do", "does", "did", "you", "your",
    "tell", "me", "can", "could", "should", "would", "i", "we",
]  # fmt: skip
WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 200


@dataclass(frozen=True)
class TextIndex:
    index: Any
    analyser: Any
    record: Mapping[str, Any]

    def search(self, text: str, limit: int, excerpt_characters: int = 1_000_000) -> list[Doc]:
        """Best first. Any text is a query: only its words count, never its punctuation or operators."""
        words = " ".join(word.lower() for word in WORD.findall(text)[:MAX_WORDS])
        if not self.analyser.analyze(words):
            return []  # stop words alone would find everything
        query, _ = self.index.parse_query_lenient(words, list(BOOSTS), field_boosts=BOOSTS)
        searcher = self.index.searcher()
        hits = searcher.search(query, limit).hits
        found = [doc_of(searcher.doc(address), score) for score, address in hits]
        return [replace(doc, text=excerpt(doc.text, words, excerpt_characters, self.stems)) for doc in found]

    def stems(self, text: str) -> set[str]:
        return set(self.analyser.analyze(text))


def doc_of(found: Any, score: float) -> Doc:
    kept = json.loads(bytes(found.get_first("row")))
    return Doc(**kept, score=round(float(score), 4))


def open_index(corpus: str, model_dir: Path, on_document: Callable[[], None] = lambda: None) -> TextIndex:
    """Raises ModelUnavailable. The same content is indexed once per machine; processes wait for each other."""
    source, indexes = corpus_file(corpus, model_dir), model_dir / "indexes"
    indexes.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(indexes / f"{corpus}.lock"):
        digest = sha256_of(source)  # while nobody else builds: it may have been replaced while we waited
        folder = indexes / f"{corpus}-{digest[:16]}-v{FORMAT}"
        if not folder.is_dir():
            build_index(source, digest, folder, on_document)
    index = tantivy.Index.open(str(folder))
    found = register_analyser(index)
    record = {"engine": "tantivy", "version": metadata.version("tantivy"), "corpus": corpus, "sha256": digest}
    return TextIndex(index, found, record)


def build_index(source: Path, digest: str, folder: Path, on_document: Callable[[], None]) -> None:
    """Written beside its place and renamed into it, so that a half-built index is never opened, nor one of a file that
    was replaced meanwhile.
    """
    for _ in documents(source):
        pass  # a faulty line is found before anything is written
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_documents(source, partial, on_document)
        if sha256_of(source) != digest:
            raise ModelUnavailable(f"{source} changed while it was indexed; try again.")
        partial.chmod(0o755)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_documents(source: Path, folder: Path, on_document: Callable[[], None]) -> None:
    made = schema()
    index = tantivy.Index(made, path=str(folder))
    register_analyser(index)
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for row in documents(source):
        kept = row.model_dump_json().encode()
        writer.add_document(tantivy.Document.from_dict({"row": kept, "title": row.title, "text": row.text}, made))
        on_document()
    writer.commit()
    writer.wait_merging_threads()


def schema() -> Any:
    """Words are searched without their places; the document itself is kept as it came and not searched."""
    builder = tantivy.SchemaBuilder()
    builder.add_bytes_field("row", stored=True, indexed=False)
    for name in BOOSTS:
        builder.add_text_field(name, stored=False, tokenizer_name="stems", index_option="freq")
    return builder.build()


def register_analyser(index: tantivy.Index) -> Any:
    """Analysers are not stored with the index, so every open needs them again."""
    made = analyser()
    index.register_tokenizer("stems", made)
    return made


def analyser() -> Any:
    """A text's language is not known: each stemmer leaves the other alphabet's words alone, so both are applied."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    for language in LANGUAGES:
        builder = builder.filter(tantivy.Filter.stopword(language))
    builder = builder.filter(tantivy.Filter.custom_stopword(ASKING))
    for language in LANGUAGES:
        builder = builder.filter(tantivy.Filter.stemmer(language))
    return builder.build()
