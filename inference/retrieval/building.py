"""A user's JSONL (and pictures) become a corpus or a catalogue of the model folder, and its index: all or nothing."""

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from inference.folders import draft_of, put_in_place
from inference.models.gguf import sha256_of
from inference.models.pictures import open_picture
from inference.readers import usable_processors
from inference.retrieval.catalogue import TABLE, Entry, no_picture, own_catalogue, picture_path
from inference.retrieval.corpus import Document, own_corpus
from inference.retrieval.picture_index import open_pictures
from inference.retrieval.rows import RowFault, as_line, numbered_rows, read_rows
from inference.retrieval.tantivy_index import open_index

NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,63}$")
SHIPPED_NAME = "demo"
TOLD_FAULTS = 50
AT_ONCE = 64

Progress = Callable[[str], Callable[[], None]]  # a stage's name to what is called for each of its rows


class BadInput(Exception):
    """Nothing was written. The message is for people; `faults` are the first of the rows', `count` all of them."""

    def __init__(self, message: str, faults: tuple[RowFault, ...] = (), count: int = 0) -> None:
        super().__init__(message)
        self.faults, self.count = faults, count


@dataclass
class Faults:
    """Keeps the first ones and counts the rest."""

    first: list[RowFault] = field(default_factory=list)
    count: int = 0

    def add(self, fault: RowFault) -> None:
        self.count += 1
        if self.count <= TOLD_FAULTS:
            self.first.append(fault)

    def raise_any(self, source: Path) -> None:
        if self.count:
            raise BadInput(f"{source.name} can't be indexed.", tuple(self.first), self.count)


def build_corpus(source: Path, name: str, model_dir: Path, *, replace: bool, progress: Progress) -> int:
    """The number of documents. Raises BadInput, ModelUnavailable."""
    target = own_corpus(name, model_dir)
    check_target(name, target, replace or (target.is_file() and sha256_of(target) == sha256_of(source)))
    with draft_of(target) as partial:
        copy = partial / target.name
        shutil.copyfile(source, copy)
        faults, each, count = Faults(), progress("Checking"), 0
        for row in read_rows(copy, Document):
            each()
            count += 1
            if isinstance(row, RowFault):
                faults.add(row)
        faults.raise_any(source)
        if not count:
            raise BadInput(f"{source.name} holds no document; give one JSON object a line.")
        copy.replace(target)
    open_index(name, model_dir, progress("Indexing"))
    return count


def build_catalogue(
    source: Path, name: str, encoder: str, model_dir: Path, *, pictures: Path, replace: bool, progress: Progress
) -> int:
    """The number of pictures. They are copied, so that the index can be built again by another encoder."""
    target = own_catalogue(name, model_dir)
    check_target(name, target, replace)
    with draft_of(target) as partial:
        (partial / "pictures").mkdir()
        faults, each, count = Faults(), progress("Checking"), 0
        with (partial / TABLE).open("w", encoding="utf-8") as table:
            for made in copied(source, pictures, partial):
                each()
                if isinstance(made, RowFault):
                    faults.add(made)
                else:
                    count += 1
                    table.write(as_line(made))
        faults.raise_any(source)
        if not count:
            raise BadInput(f"{source.name} names no picture; give one JSON object a line.")
        put_in_place(partial, target)
    open_pictures(name, encoder, model_dir, progress("Encoding"))
    return count


def check_target(name: str, target: Path, may_be_there: bool) -> None:
    if not NAME.match(name):
        raise BadInput(f"“{name}” is no name: use lower-case letters, digits, “-” and “_”.")
    if name == SHIPPED_NAME:
        raise BadInput(f"“{name}” comes with the platform; choose another name.")
    if target.exists() and not may_be_there:
        raise BadInput(f"{target} is there already; add --replace to put this in its place, or choose another name.")


def copied(source: Path, pictures: Path, partial: Path) -> Iterator[Entry | RowFault]:
    listed = numbered_rows(source, Entry)
    with ThreadPoolExecutor(usable_processors()) as pool:
        while some := list(islice(listed, AT_ONCE)):
            yield from pool.map(lambda pair: copied_row(pair[0], pair[1], pictures, partial), some)


def copied_row(line: int, row: Entry | RowFault, pictures: Path, partial: Path) -> Entry | RowFault:
    if isinstance(row, RowFault):
        return row
    path = picture_path(pictures, row.picture)
    if path is None:
        return RowFault(line, "picture", f"{row.id}: {no_picture(row.picture)}")
    try:
        open_picture(path)
    except ValueError as error:
        return RowFault(line, "picture", f"{row.id}: {error}; replace the file")
    digest = sha256_of(path)
    suffix = path.suffix.lower() if re.fullmatch(r"\.[a-z]{3,4}", path.suffix.lower()) else ""
    shutil.copyfile(path, partial / "pictures" / f"{digest}{suffix}")
    return row.model_copy(update={"picture": f"pictures/{digest}{suffix}", "sha256": digest})
