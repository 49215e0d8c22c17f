"""Hugging Face Parquet files with embedded pictures: one file, or a folder of them in the order of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question
from apps.benchmarks.loaders.table_rows import questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures

BATCH, BUFFER_BYTES = 8, 1 << 20  # by default a file of pictures would take four times its row group of memory


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    yield from questions(table_of(source), pictures, options)


def table_of(source: Path) -> Iterator[dict[str, Any]]:
    """Its rows, a few at a time."""
    files = sorted(source.rglob("*.parquet")) if source.is_dir() else [source]
    if not files:
        words = gettext("There is no .parquet file in %(source)s. Put the fetched ones there.")
        raise Malformed(words % {"source": source})
    for file in files:
        yield from _rows(file)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(file, buffer_size=BUFFER_BYTES, pre_buffer=False) as table:
            for batch in table.iter_batches(BATCH, use_threads=False):
                yield from batch.to_pylist()
    except pyarrow.ArrowInvalid as error:
        words = gettext("%(file)s is no Parquet file: %(error)s. Fetch it again.")
        raise Malformed(words % {"file": file.name, "error": error}) from None
    except OSError as error:
        if error.errno is not None:
            raise
        words = gettext("%(file)s is damaged: %(error)s. Fetch it again.")
        raise Malformed(words % {"file": file.name, "error": error}) from None
