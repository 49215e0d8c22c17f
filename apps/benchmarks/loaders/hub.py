"""A data set of the Hugging Face Hub at a pinned revision, or a folder that `datasets` reads; no code of it is run.

`source` is `owner/name@revision` or a path; the entry's `config` and `split` choose a part. Fetching needs a network.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question
from apps.benchmarks.loaders.table_rows import questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures

_PINNED = re.compile(r"([\w.-]+/[\w.-]+)@([0-9a-f]{40})")


def pinned(source: Path) -> tuple[str, str] | None:
    """Name and revision of `owner/name@revision`, where it is no path."""
    found = None if source.exists() else _PINNED.fullmatch(str(source))
    return (found[1], found[2]) if found else None


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    yield from questions(_rows(source, options), pictures, options)


def _rows(source: Path, options: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    from datasets import Image, load_dataset

    part: dict[str, Any] = {"name": options.get("config"), "split": options.get("split", "test")}
    hub = pinned(source)
    if hub is None and not source.exists():
        raise Malformed(gettext("Give a folder, or owner/name@revision with the revision's 40 hex digits."))
    try:
        table = load_dataset(hub[0], revision=hub[1], **part) if hub else load_dataset(str(source), **part)
    except (OSError, ValueError) as error:
        words = gettext("`datasets` can't read %(source)s: %(error)s. Correct its name, config or split.")
        raise Malformed(words % {"source": source, "error": error}) from error
    for name, feature in table.features.items():
        if isinstance(feature, Image):
            table = table.cast_column(name, Image(decode=False))
    yield from table
