"""CircularEval of MMBench: a question is asked once per rotation of its choices, and all must be answered right.

Source: VLMEvalKit's matching_util and multiple_choice at e8e78f0 (Apache-2.0), in its mode without a language model:
what can't be read is wrong. `vanilla` counts the first pass alone. Rotations share `question` (the `g_index`).
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.letters import infer
from apps.benchmarks.domain.metrics import Metrics, all_right_metric, mean_metric
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import first_of, has_choices, has_fields


def parse(item: Item, text: str) -> str | None:
    return infer(text, item.choices)


def score(item: Item, parsed: str) -> float:
    return float(parsed == item.references[0])


def _question(row: Row) -> str:
    return row.item.fact("question")


def aggregate(rows: Sequence[Row]) -> Metrics:
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(_question(row), row)
    return {
        "circular": all_right_metric(rows, "accuracy", _question),
        "vanilla": mean_metric(list(first.values()), "accuracy"),
        "accuracy": mean_metric(rows, "accuracy"),
    }


PROTOCOLS = [
    Protocol(
        "mmbench_circular@1",
        _("CircularEval: MMBench"),
        parse,
        score,
        first_of(has_choices, has_fields("question")),
        aggregate=aggregate,
        by=("category", "l2-category"),
        fields={
            "references": "the right letter of this rotation",
            "choices": "the texts of this rotation",
            "question": "what the rotations share, in the order they were asked",
            "category": "the ability",
            "l2-category": "the broader ability, where given",
        },
    )
]
