"""A corpus: a JSONL file, one document a line, with id, title, text and source."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from inference.errors import ModelUnavailable
from inference.retrieval.rows import NoNul, Row, sound_rows

SHIPPED = {"demo": Path(__file__).resolve().parent.parent.parent / "demo" / "corpus.jsonl"}


class Document(Row):
    """`source` says where the facts are from: it is shown beside every answer that was given them."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul]
    title: Annotated[str, StringConstraints(max_length=1_000), NoNul]
    text: Annotated[str, StringConstraints(max_length=200_000), NoNul]
    source: Annotated[str, StringConstraints(max_length=2_000), NoNul]


def own_corpus(name: str, model_dir: Path) -> Path:
    return model_dir / "corpora" / f"{name}.jsonl"


def corpus_file(name: str, model_dir: Path) -> Path:
    """`corpora/<name>.jsonl` below the model folder, else the corpus of that name that comes with the platform."""
    own = own_corpus(name, model_dir)
    path = own if own.is_file() else SHIPPED.get(name, own)
    if not path.is_file():
        raise ModelUnavailable(
            f"There is no corpus “{name}”: build it with “manage.py build_index text {name} FILE.jsonl”, or put a "
            f"JSONL file with {', '.join(Document.model_fields)} at {own}."
        )
    return path


def documents(path: Path) -> Iterator[Document]:
    """Raises ModelUnavailable, naming the line, where a document is not what it should be."""
    return sound_rows(path, Document)
