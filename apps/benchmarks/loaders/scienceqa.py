"""ScienceQA: `problems.json` and `pid_splits.json`; pictures are `<split>/<id>/image.png`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question, text_of, texts_of
from apps.benchmarks.loaders.fields import lettered, need, right_letter
from apps.benchmarks.loaders.json_files import one_file
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def _object(row: Any) -> dict[str, Any]:
    return row if isinstance(row, dict) else {}


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    problems = one_file(source, "problems.json")
    split = str(options.get("split", "test"))

    def question(row: Mapping[str, Any]) -> Question:
        choices = lettered(texts_of(need(row, "choices")))
        image = f"{split}/{row['id']}/{row['image']}" if row.get("image") else ""
        parts = (text_of(row[name]) for name in ("hint", "question") if row.get(name))
        return Question(
            key=str(row["id"]),
            text="\n".join(parts),
            references=[right_letter(need(row, "answer"), choices, "index")],
            images=[pictures.named(image)] if image else [],
            choices=choices,
            category=str(row.get("subject", "")),
            facts={"has_image": bool(image)},
        )

    splits = one_file(source, "pid_splits.json")
    chosen = splits.get(split) if isinstance(splits, dict) else None
    if not isinstance(problems, dict) or not isinstance(chosen, list):
        words = gettext(
            "problems.json must be an object, pid_splits.json one with a list “%(split)s”. Take the official ones."
        )
        raise Malformed(words % {"split": split})
    yield from each(({**_object(problems.get(str(pid))), "id": pid} for pid in chosen), "id", question)
