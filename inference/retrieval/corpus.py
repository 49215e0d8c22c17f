"""A corpus: a JSONL file, one document a line, with id, title, text and source."""

import json
from collections.abc import Iterator
from pathlib import Path

from inference.errors import ModelUnavailable

FIELDS = ("id", "title", "text", "source")
SHIPPED = {"demo": Path(__file__).resolve().parent.parent.parent / "demo" / "corpus.jsonl"}


def corpus_file(name: str, model_dir: Path) -> Path:
    """`corpora/<name>.jsonl` below the model folder, else the corpus of that name that comes with the platform."""
    own = model_dir / "corpora" / f"{name}.jsonl"
    path = own if own.is_file() else SHIPPED.get(name, own)
    if not path.is_file():
        raise ModelUnavailable(f"There is no corpus “{name}”: put a JSONL file with {', '.join(FIELDS)} at {own}.")
    return path


def documents(path: Path) -> Iterator[dict[str, str]]:
    """Raises ModelUnavailable, naming the line, where a document is not what it should be."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield document(line, f"{path.name}, line {number}")


def document(line: str, where: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise ModelUnavailable(f"{where}: this is not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in FIELDS):
        raise ModelUnavailable(f"{where}: a document needs the texts {', '.join(FIELDS)}.")
    return {name: found[name] for name in FIELDS}
