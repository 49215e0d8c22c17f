"""COCO captions: `{"images": [{"id", "file_name"}], "annotations": [{"image_id", "caption"}]}`."""

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


def _caption(row: Mapping[str, Any]) -> tuple[str, str]:
    return text_of(need(row, "image_id")), text_of(need(row, "caption")).strip()


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    body = one_file(source, "captions*.json")
    captions: dict[str, list[str]] = {}
    for found in each(rows_of(body, "annotations"), "id", _caption):
        if isinstance(found, Malformed):
            yield found
        else:
            captions.setdefault(found[0], []).append(found[1])

    def question(row: Mapping[str, Any]) -> Question:
        key = text_of(need(row, "id"))
        if key not in captions:
            raise Malformed(gettext("It has no caption. Take pictures and captions of the same part."))
        image = text_of(need(row, "file_name"))
        return Question(key, "Describe the picture in one sentence.", captions[key], [pictures.named(image)])

    yield from each(rows_of(body, "images"), "id", question)
