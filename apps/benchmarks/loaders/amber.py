"""AMBER, discriminative: `query_discriminative.json` beside `annotations.json`; generative annotations are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question, text_of
from apps.benchmarks.loaders.fields import need
from apps.benchmarks.loaders.json_files import one_file, rows_of
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    known = {str(row.get("id")): row for row in rows_of(one_file(source, "annotations.json"))}

    def question(row: Mapping[str, Any]) -> Question:
        key = text_of(need(row, "id"))
        if key not in known:
            raise Malformed(gettext("It has no annotation. Take both files of the same release."))
        return Question(
            key=key,
            text=text_of(need(row, "query")),
            references=[text_of(need(known[key], "truth"))],
            images=[pictures.named(text_of(need(row, "image")))],
            category=text_of(need(known[key], "type")),
            group=f"image {row['image']}",
        )

    yield from each(rows_of(one_file(source, "query_discriminative.json")), "id", question)
