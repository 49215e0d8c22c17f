"""HallusionBench.json; pictures are `category/subcategory/set_figure.png`, those of figure 0 of VS have none."""

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

KEPT = ("question", "gt_answer_details", "sample_note", "filename")  # its own script wants them back


def _truth(answer: str) -> str:
    if answer not in {"0", "1"}:
        words = gettext("Its `gt_answer` is “%(answer)s”. It must be 1 for yes or 0 for no.")
        raise Malformed(words % {"answer": answer[:40]})
    return "yes" if answer == "1" else "no"


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    names = ("category", "subcategory", "set_id", "figure_id", "question_id", "visual_input")

    def question(row: Mapping[str, Any]) -> Question:
        facts = {name: text_of(need(row, name)) for name in names}
        folder = f"{facts['category']}/{facts['subcategory']}"
        pictured = facts["visual_input"] != "0"
        return Question(
            key="_".join(facts[name] for name in names[:-1]),
            text=text_of(need(row, "question")),
            references=[_truth(text_of(need(row, "gt_answer")))],
            images=[pictures.named(f"{folder}/{facts['set_id']}_{facts['figure_id']}.png")] if pictured else [],
            category=facts["category"],
            group="_".join(facts[name] for name in names[:3]),
            facts=facts | {name: text_of(row[name]) for name in KEPT if row.get(name) not in (None, "")},
        )

    yield from each(rows_of(one_file(source, "*.json")), "question_id", question)
