"""HallusionBench: accuracy of questions (aAcc), of figures (fAcc) and of questions over all their figures (qAcc).

Source: tianyi-lab/HallusionBench, utils.py at 744007c (BSD-3-Clause). A figure or a question is right when all its
answers are; questions without a picture (VS, figure 0) make no figure. There, an unclear answer counts as right. The
official judge is a language model: give its verdict (1 right, 0 wrong, 2 unclear) as `judge`; without one, yes or no is
read in the answer and an answer that says neither is unclear. The strict sibling reads the answer alone, and unclear
is always wrong.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metrics, all_right_metric, mean_metric
from apps.benchmarks.domain.yes_no import is_right, plain_yes_no
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import first_of, has_fields, has_yes_or_no

_UNCLEAR = "unclear"
_VERDICTS = {"1": "right", "0": "wrong", "2": _UNCLEAR}


def parse(item: Item, text: str) -> str | None:
    """A verdict where a judge gave one, else yes or no."""
    verdict = _VERDICTS.get(item.fact("judge"), plain_yes_no(text))
    return None if verdict == _UNCLEAR else verdict


def parse_strict(item: Item, text: str) -> str | None:
    return plain_yes_no(text)


def _pictureless(item: Item) -> bool:
    return item.category == "VS" and item.fact("visual_input") == "0"


def score(item: Item, parsed: str) -> float:
    if parsed == _UNCLEAR:
        return float(_pictureless(item))
    return float(parsed == "right") if parsed in _VERDICTS.values() else is_right(item, parsed)


def _place(row: Row, last: str) -> str:
    return "_".join(row.item.fact(name) for name in ("category", "subcategory", "set_id", last))


def aggregate(rows: Sequence[Row]) -> Metrics:
    figures = [row for row in rows if not (row.item.category == "VS" and row.item.fact("figure_id") == "0")]
    metrics = {
        "aAcc": mean_metric(rows, "accuracy"),
        "qAcc": all_right_metric(rows, "accuracy", lambda row: _place(row, "question_id")),
    }
    if figures:
        metrics["fAcc"] = all_right_metric(figures, "accuracy", lambda row: _place(row, "figure_id"))
    return metrics


_NAMES = ("category", "subcategory", "set_id", "figure_id", "question_id", "visual_input")
_REFUSAL = first_of(has_yes_or_no, has_fields(*_NAMES))
FIELDS = {
    "references": "yes or no, for gt_answer 1 or 0",
    ", ".join(_NAMES): "as in the official JSON",
    "judge": "1, 0 or 2, where a judge read the answer",
    "group": "what questions share: category_subcategory_set",
}
PROTOCOLS = [
    Protocol("hallusionbench_official@1", _("HallusionBench"), parse, score, _REFUSAL,
             guess=lambda item, chance: _UNCLEAR, aggregate=aggregate, by=("category", "subcategory"), fields=FIELDS),
    Protocol("hallusionbench_strict@1", _("HallusionBench, unclear is wrong"), parse_strict, is_right, _REFUSAL,
             aggregate=aggregate, by=("category", "subcategory"), fields=FIELDS),
]  # fmt: skip
