"""A catalogue: labelled pictures, one a line, with id, title, description, tags, source and the picture's file.

Title, description and tags may be given in several languages: {"en": …, "ru": …}.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints

from inference.errors import ModelUnavailable
from inference.models.gguf import sha256_of
from inference.retrieval.rows import NoNul, Row, sound_rows

TABLE = "catalogue.jsonl"
SHIPPED = {"demo": Path(__file__).resolve().parent.parent.parent / "demo" / "catalogue"}
DEFAULT_LANGUAGE = "en"

Value = TypeVar("Value")
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Words = Annotated[str, StringConstraints(max_length=20_000), NoNul]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100), NoNul]
Tags = Annotated[list[Tag], Field(max_length=100)]


class Entry(Row):
    """`picture` is a file below the catalogue's folder; `sha256` is of its bytes, where `build_index` wrote it down."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul]
    title: Words | dict[Language, Words]
    description: Words | dict[Language, Words]
    tags: Tags | dict[Language, Tags]
    source: Annotated[str, StringConstraints(max_length=2_000), NoNul]
    picture: Annotated[str, StringConstraints(min_length=1, max_length=1_000), NoNul]
    sha256: str | None = None


def in_language(value: Value | Mapping[str, Value], language: str) -> Value | None:
    """The value for `language`, else the English one, else any; None for an empty mapping."""
    if not isinstance(value, Mapping):
        return value
    return value.get(language) or value.get(DEFAULT_LANGUAGE) or next(iter(value.values()), None)


def own_catalogue(name: str, model_dir: Path) -> Path:
    return model_dir / "catalogues" / name


def catalogue_folder(name: str, model_dir: Path) -> Path:
    """`catalogues/<name>/` below the model folder, else the catalogue of that name that comes with the platform."""
    own = own_catalogue(name, model_dir)
    folder = own if (own / TABLE).is_file() else SHIPPED.get(name, own)
    if not (folder / TABLE).is_file():
        raise ModelUnavailable(
            f"There is no picture catalogue “{name}”: build it with “manage.py build_index pictures {name} FILE.jsonl”."
        )
    return folder


def entries(folder: Path) -> Iterator[Entry]:
    """Raises ModelUnavailable, naming the line, where an entry or its picture's place is not what it should be."""
    for number, entry in enumerate(sound_rows(folder / TABLE, Entry), start=1):
        if picture_path(folder, entry.picture) is None:
            raise ModelUnavailable(f"{folder / TABLE}, entry {number}: {no_picture(entry.picture)}.")
        yield entry


def picture_path(folder: Path, name: str) -> Path | None:
    """The file, None where there is none, it lies outside of the folder or the name can't be a file's."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name longer than 255 bytes, a loop of links
        return None


def no_picture(name: str) -> str:
    return f"there is no picture “{name}” below the catalogue's folder; correct the path or add the file"


def digest_of(folder: Path) -> str:
    """Of the table and of every picture's bytes, which are read only where the table doesn't name their hash."""
    digest = hashlib.sha256((folder / TABLE).read_bytes())
    for entry in entries(folder):
        digest.update((entry.sha256 or sha256_of(folder / entry.picture)).encode())
    return digest.hexdigest()
