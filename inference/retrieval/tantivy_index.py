"""Full-text search with English and Russian stemming; one index per corpus content, built once and kept."""

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
from inference.models.gguf import sha256_of
from inference.retrieval.corpus import corpus_file, documents
from inference.retrieval.excerpts import excerpt

FORMAT = 3  # raise it when the schema or the analysis changes: old indexes are then left alone
LANGUAGES = {"en": "english", "ru": "russian"}
SEARCHED = [f"{field}_{code}" for field in ("title", "text") for code in LANGUAGES]
BOOSTS = {name: 2.0 for name in SEARCHED if name.startswith("title")}
# question words, which the engine's own list of stop words lacks
ASKING = [
    "what", "which", "who", "whom", "whose", "where", "when", "why", "how", "do", "does", "did", "you", "your",
    "tell", "me", "can", "could", "should", "would", "i", "we",
]  # fmt: skip
WORD = re.compile(r"\w+")
MAX_WORDS = 200


@dataclass(frozen=True)
class TextIndex:
    index: Any
    analysers: Mapping[str, Any]
    record: Mapping[str, Any]

    def search(self, text: str, limit: int, excerpt_characters: int = 1_000_000) -> list[Doc]:
        """Best first. Any text is a query: only its words count, never its punctuation or operators."""
        words = " ".join(word.lower() for word in WORD.findall(text)[:MAX_WORDS])
        if not any(analyser.analyze(words) for analyser in self.analysers.values()):
            return []  # stop words alone would find everything
        query, _ = self.index.parse_query_lenient(words, SEARCHED, field_boosts=BOOSTS)
        searcher = self.index.searcher()
        hits = searcher.search(query, limit).hits
        found = [doc_of(searcher.doc(address), score) for score, address in hits]
        return [replace(doc, text=excerpt(doc.text, words, excerpt_characters, self.stems)) for doc in found]

    def stems(self, text: str) -> set[str]:
        return {stem for analyser in self.analysers.values() for stem in analyser.analyze(text)}


def doc_of(found: Any, score: float) -> Doc:
    kept = {name: found.get_first(name) for name in ("id", "title", "text", "source")}
    return Doc(**kept, score=round(float(score), 4))


def open_index(corpus: str, model_dir: Path, on_document: Callable[[], None] = lambda: None) -> TextIndex:
    """Raises ModelUnavailable. The same content is indexed once per machine; processes wait for each other."""
    source = corpus_file(corpus, model_dir)
    digest = sha256_of(source)
    folder = model_dir / "indexes" / f"{corpus}-{digest[:16]}-v{FORMAT}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            build_index(source, folder, on_document)
    index = tantivy.Index.open(str(folder))
    found = register_analysers(index)
    record = {"engine": "tantivy", "version": metadata.version("tantivy"), "corpus": corpus, "sha256": digest}
    return TextIndex(index, found, record)


def build_index(source: Path, folder: Path, on_document: Callable[[], None]) -> None:
    """Written beside its place and renamed into it, so that a half-built index is never opened."""
    for _ in documents(source):
        pass  # a faulty line is found before anything is written
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_documents(source, partial, on_document)
        partial.chmod(0o755)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_documents(source: Path, folder: Path, on_document: Callable[[], None]) -> None:
    made = schema()
    index = tantivy.Index(made, path=str(folder))
    register_analysers(index)
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for row in documents(source):
        kept = row.model_dump()
        searched = {name: kept[name.rpartition("_")[0]] for name in SEARCHED}
        writer.add_document(tantivy.Document.from_dict({**kept, **searched}, made))
        on_document()
    writer.commit()
    writer.wait_merging_threads()


def schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "title", "text", "source"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw")
    for name in SEARCHED:
        builder.add_text_field(name, stored=False, tokenizer_name=f"stem_{name[-2:]}")
    return builder.build()


def register_analysers(index: tantivy.Index) -> dict[str, Any]:
    """Analysers are not stored with the index, so every open needs them again."""
    made = {code: analyser(language) for code, language in LANGUAGES.items()}
    for code, found in made.items():
        index.register_tokenizer(f"stem_{code}", found)
    return made


def analyser(language: str) -> Any:
    """Stop words of every language are left out, since a text's language is not known; stems are of `language`."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    for other in LANGUAGES.values():
        builder = builder.filter(tantivy.Filter.stopword(other))
    return builder.filter(tantivy.Filter.custom_stopword(ASKING)).filter(tantivy.Filter.stemmer(language)).build()
