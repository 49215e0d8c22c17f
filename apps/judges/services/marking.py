"""The reference judge: both answers marked by a benchmark protocol, the better mark wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.assessment.models import Comparison
from apps.benchmarks.protocols import find_protocol, protocols
from apps.benchmarks.queries import items_of
from apps.judges.domain.combining import ALONE, by_scores
from apps.judges.models import AutomaticJudgment, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.benchmarks.domain.items import Item
    from apps.benchmarks.protocols import Protocol
    from apps.judges.models import AutomaticJudge

AT_ONCE = 1000


def usable_protocols() -> dict[str, Protocol]:
    """Those that mark an answer by itself; the score of `together` depends on other items."""
    return {name: protocol for name, protocol in protocols().items() if protocol.together is None}


def mark_comparisons(judge: AutomaticJudge, comparisons: Sequence[int], now: datetime) -> int:
    """Appends a judgment of each; returns how many had references of use."""
    protocol, items, used = find_protocol(judge.protocol), items_of(judge.evaluation.bucket), 0
    for start in range(0, len(comparisons), AT_ONCE):
        now_marked = comparisons[start : start + AT_ONCE]
        rows = Comparison.objects.filter(pk__in=now_marked).select_related("answer_a", "answer_b")
        rows = rows.defer("answer_a__trace", "answer_b__trace")
        made = [mark_comparison(judge, protocol, items[row.task_id], row, now) for row in rows]
        AutomaticJudgment.objects.bulk_create(made)
        used += sum(judgment.reading == Reading.JUDGED for judgment in made)
    return used


def mark_comparison(
    judge: AutomaticJudge, protocol: Protocol, item: Item, comparison: Comparison, now: datetime
) -> AutomaticJudgment:
    """An answer in which the protocol finds nothing scores 0, as in a benchmark."""
    judgment = AutomaticJudgment(judge=judge, comparison=comparison, order=ALONE, judged_at=now)
    if protocol.refusal(item):
        judgment.reading = Reading.UNUSABLE
        return judgment
    a, b = (protocol.value(protocol.mark(answer.text, item)) for answer in (comparison.answer_a, comparison.answer_b))
    judgment.reading, judgment.score_a, judgment.score_b = Reading.JUDGED, a, b
    judgment.verdict = by_scores(a, b, judge.margin or 0)
    return judgment
