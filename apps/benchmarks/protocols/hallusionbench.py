"""HallusionBench: accuracy of questions (aAcc), of figures (fAcc) and of questions over all their figures (qAcc).

Source: tianyi-lab/HallusionBench, utils.py at 744007c (BSD-3-Clause). A figure or a question is right when all its
answers are; questions without a picture (VS, figure 0) make no figure. There, an unclear answer counts as right.
`easy_aAcc` and `hard_aAcc` are over plain pictures and over edited ones (`visual_input` 2). The
script also gives `figure_score`, the mean over figures of the share that is right, and two measures of leaning towards
yes: `yes_difference`, its share among answers less that among truths, and `false_yes`, the share of wrong answers
whose truth is no.

The official judge is a language model: give its verdict (1 right, 0 wrong, 2 unclear) as `judge`; without one, yes or
no is read in the answer and an answer that says neither is unclear. The strict sibling reads the answer alone, and
unclear is always wrong.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metric, Metrics, all_right_metric, mean_metric, sums_metric
from apps.benchmarks.domain.yes_no import is_right, plain_yes_no, ratio, truth
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
    return item.category == "VS" and item.fact("figure_id") == "0"


def score(item: Item, parsed: str) -> float:
    if parsed == _UNCLEAR:
        return float(_pictureless(item))
    return float(parsed == "right") if parsed in _VERDICTS.values() else is_right(item, parsed)


def _place(row: Row, last: str) -> str:
    return "_".join(row.item.fact(name) for name in ("category", "subcategory", "set_id", last))


def _figure(row: Row) -> str:
    return _place(row, "figure_id")


def _question(row: Row) -> str:
    return _place(row, "question_id")


def aggregate(rows: Sequence[Row]) -> Metrics:
    easy = [row for row in rows if row.item.fact("visual_input") != "2"]
    hard = [row for row in rows if row.item.fact("visual_input") == "2"]
    figures = [row for row in rows if not _pictureless(row.item)]
    metrics = {"aAcc": mean_metric(rows, "accuracy"), "qAcc": all_right_metric(rows, "accuracy", _question)}
    if figures:
        metrics["fAcc"] = all_right_metric(figures, "accuracy", _figure)
        metrics["figure_score"] = figure_score(figures)
    metrics |= {name: all_right_metric(some, "accuracy", _question)
                for name, some in (("easy_aAcc", easy), ("hard_aAcc", hard)) if some}  # fmt: skip
    return metrics | leaning(rows)


def figure_score(rows: Sequence[Row]) -> Metric:
    """The mean over figures of the share of their questions that is right."""
    sizes = Counter(map(_figure, rows))
    shares = [(row.mark.scores["accuracy"] / sizes[_figure(row)], 1 / sizes[_figure(row)]) for row in rows]
    return sums_metric(rows, np.array(shares), lambda sums: sums[:, 0] / sums[:, 1], len(sizes))


def leaning(rows: Sequence[Row]) -> Metrics:
    """An answer is taken as yes where it is right and the truth yes, or wrong and the truth no."""
    right = np.array([row.mark.scores["accuracy"] for row in rows])
    yes = np.array([float(truth(row.item) == "yes") for row in rows])
    columns = np.stack([right == yes, yes, (1 - right) * (1 - yes), 1 - right, np.ones(len(rows))], axis=1)
    return {
        "yes_difference": sums_metric(rows, columns, lambda sums: ratio(sums[:, 0] - sums[:, 1], sums[:, 4])),
        "false_yes": sums_metric(rows, columns, lambda sums: ratio(sums[:, 2], sums[:, 3])),
    }


_NAMES = ("category", "subcategory", "set_id", "figure_id", "question_id", "visual_input")


def has_verdict(item: Item) -> str | None:
    if item.fact("judge") in {"", *_VERDICTS}:
        return None
    return gettext("Its `judge` is no verdict. Give 1 for right, 0 for wrong, 2 for unclear, or leave it out.")


_REFUSAL = first_of(has_yes_or_no, has_fields(*_NAMES), has_verdict)
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
