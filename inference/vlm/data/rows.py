"""Rows of a JSONL or Parquet file by number, without holding the file in memory."""

import json
from array import array
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from inference.errors import ModelUnavailable


class BadRow(Exception):
    """A row that nothing can be learned from: says the file, the row (from 1) and why."""


class BadData(ModelUnavailable):
    """Training data that can't be used; the message lists rows and remedies."""


class Rows(Protocol):
    path: Path

    def __len__(self) -> int: ...
    def __getitem__(self, place: int) -> Any:
        """The row's values. Raises BadRow."""


class JsonLines:
    """Keeps where each line begins: 8 bytes a row. Empty lines are no rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.starts = array("q")
        self.numbers = array("q")
        place = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    self.starts.append(place)
                    self.numbers.append(number)
                place += len(line)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, place: int) -> Any:
        with self.path.open("rb") as file:
            file.seek(self.starts[place])
            line = file.readline()
        try:
            return json.loads(line)
        except ValueError as error:
            raise BadRow(f"{self.path.name}, line {self.numbers[place]}: this is not JSON: {error}") from None


class Parquet:
    """Reads one group of rows at a time and keeps the last few."""

    def __init__(self, path: Path) -> None:
        from pyarrow import ArrowInvalid, parquet

        self.path = path
        try:
            self.file = parquet.ParquetFile(path)
        except (ArrowInvalid, OSError) as error:
            raise BadData(f"{path} is no Parquet file: {error}") from error
        counts = [self.file.metadata.row_group(group).num_rows for group in range(self.file.num_row_groups)]
        self.places = [(group, row) for group, count in enumerate(counts) for row in range(count)]
        self.group = lru_cache(maxsize=2)(lambda number: self.file.read_row_group(number))

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, place: int) -> Any:
        group, row = self.places[place]
        return self.group(group).slice(row, 1).to_pylist()[0]


def open_rows(path: Path) -> Rows:
    """Raises BadData."""
    if not path.is_file():
        raise BadData(f"There is no file {path}. A recipe's paths begin at the model folder (MODEL_DIR).")
    if path.suffix == ".parquet":
        return Parquet(path)
    if path.suffix in {".jsonl", ".ndjson"}:
        return JsonLines(path)
    raise BadData(f"{path.name}: rows are read from .jsonl and .parquet files.")


def picture_below(folder: Path, image: str) -> Path:
    """The picture that a row names, in the folder of the row's file or below it. Raises ValueError."""
    path = folder / image
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"The picture {image} lies outside the folder of the rows' file: put it below that folder.")
    return path
