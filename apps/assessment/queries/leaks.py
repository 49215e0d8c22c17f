"""What might unblind, what was decided about it, and what is therefore hidden."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from apps.assessment.domain.leaks import KINDS
from apps.assessment.models import (
    ComparisonState,
    Decision,
    Evaluation,
    LeakChoice,
    LeakHit,
    LeakHitQuerySet,
    LeakSide,
)

NEAR, WHOLE = 160, 20_000  # letters around a hit: at a glance, and when asked


@dataclass(frozen=True)
class LeakCounts:
    """Hits of one kind by what was decided. `open` are undecided and keep a pair waiting; `moot` are undecided in a
    comparison that another hit excluded."""

    kind: str
    masked: int
    excluded: int
    accepted: int
    open: int
    moot: int

    @property
    def total(self) -> int:
        return self.masked + self.excluded + self.accepted + self.open + self.moot


@dataclass(frozen=True)
class ShownHit:
    """A hit in its answer: `before`, `found` and `after` are the text around it, `WHOLE` letters of each at most."""

    hit: LeakHit
    revision: str
    choice: LeakChoice | None
    before: str
    found: str
    after: str

    @property
    def just_before(self) -> str:
        return self.before if len(self.before) <= NEAR else "…" + self.before[-NEAR:]

    @property
    def just_after(self) -> str:
        return self.after if len(self.after) <= NEAR else self.after[:NEAR] + "…"

    @property
    def is_cut(self) -> bool:
        return max(len(self.before), len(self.after)) > NEAR


def masks_of(comparison: int) -> Mapping[str, list[tuple[int, int]]]:
    """By side, "a" or "b": the places of the stored answer that assessors don't get to see."""
    masks: dict[str, list[tuple[int, int]]] = defaultdict(list)
    chosen = LeakChoice.objects.filter(hit__comparison=comparison, choice=Decision.MASK).current()
    for side, start, end in chosen.values_list("hit__side", "hit__start", "hit__end"):
        masks[side].append((start, end))
    return masks


def leak_counts(evaluation: Evaluation) -> list[LeakCounts]:
    """One for every kind, in a fixed order."""
    waits = Q(choice=None, comparison__state=ComparisonState.HELD)
    rows = LeakHit.objects.of(evaluation).with_choice().order_by().values("kind")
    found = rows.annotate(
        masked=Count("pk", filter=Q(choice=Decision.MASK)),
        excluded=Count("pk", filter=Q(choice=Decision.EXCLUDE)),
        accepted=Count("pk", filter=Q(choice=Decision.ACCEPT)),
        open=Count("pk", filter=waits),
        moot=Count("pk", filter=Q(choice=None) & ~waits),
    )
    counts = {row["kind"]: LeakCounts(**row) for row in found}
    return [counts.get(kind, LeakCounts(kind, 0, 0, 0, 0, 0)) for kind in KINDS]


def masked_comparisons(evaluation: Evaluation) -> int:
    """Released comparisons in which an assessor reads at least one mask."""
    masked = LeakHit.objects.of(evaluation).decided(Decision.MASK)
    return masked.filter(comparison__state=ComparisonState.RELEASED).values("comparison").distinct().count()


def unscanned_comparisons(evaluation: Evaluation) -> int:
    """Comparisons made before there was a leak guard; all of them are released."""
    return evaluation.comparisons.compared().filter(scanned_with=None).count()


def leak_hits(evaluation: Evaluation, *, kind: str = "", status: str = "all") -> LeakHitQuerySet:
    """With choice, answers and tasks, in the bucket’s order. `status`: open, mask, exclude, accept or all."""
    hits = LeakHit.objects.of(evaluation).with_choice().with_work()
    if kind:
        hits = hits.filter(kind=kind)
    if status == "open":
        hits = hits.open()
    elif status != "all":
        hits = hits.decided(status)
    rows = hits.select_related("comparison__task", "comparison__answer_a", "comparison__answer_b")
    traces = ("comparison__answer_a__trace", "comparison__answer_b__trace")
    made = Prefetch("choices", LeakChoice.objects.current().select_related("made_by"), to_attr="current")
    return rows.defer(*traces).prefetch_related(made).order_by("comparison__task__position", "side", "start")


def shown_hit(evaluation: Evaluation, hit: LeakHit) -> ShownHit:
    """For a hit of `leak_hits`."""
    is_a = hit.side == LeakSide.A
    text = (hit.comparison.answer_a if is_a else hit.comparison.answer_b).text or ""
    run = evaluation.run_a if is_a else evaluation.run_b
    made: list[LeakChoice] = getattr(hit, "current", [])
    return ShownHit(
        hit=hit,
        revision=str(run.revision),
        choice=made[0] if made else None,
        before=text[max(0, hit.start - WHOLE) : hit.start],
        found=text[hit.start : hit.end][:WHOLE],
        after=text[hit.end : hit.end + WHOLE],
    )
