"""What two runs have in common, and what an evaluation has made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.assessment.models import Comparison, ComparisonState, Evaluation
from apps.generation.models import Answer, AnswerState, FailureKind, Run

UNDER_WAY = [AnswerState.WAITING, AnswerState.RUNNING]
LOST = [AnswerState.FAILED, AnswerState.CANCELLED]


@dataclass(frozen=True)
class PairCounts:
    """Of all `tasks`: how many pairs are `released` to assessors, `held` for a decision about a leak or `excluded` by
    one; at how many a side `failed`; how many are still `to_come`."""

    tasks: int
    released: int
    held: int
    excluded: int
    failed: int

    @property
    def ready(self) -> int:
        return self.released + self.held + self.excluded

    @property
    def to_come(self) -> int:
        return max(0, self.tasks - self.ready - self.failed)


@dataclass(frozen=True)
class LostPairs:
    """Why `count` tasks have no pair: what became of the answer of `side` ("a", "b")."""

    side: str
    revision: str
    state: str
    cause: str
    count: int


def pipeline_names(*runs: Run) -> list[str]:
    return [run.revision.pipeline.name for run in runs]


def could_compare(run_a: Run, run_b: Run) -> bool:
    """Whether there is a task that both runs answered or still may answer."""
    hopeful = Answer.objects.filter(state__in=[AnswerState.DONE, *UNDER_WAY])
    return hopeful.filter(Exists(hopeful.filter(run=run_b, task=OuterRef("task"))), run=run_a).exists()


def ready_pairs(evaluation: Evaluation, limit: int) -> list[tuple[int, int]]:
    """(answer of A, answer of B) of the first `limit` tasks that both runs answered and that are no comparison yet."""
    other = Answer.objects.filter(run=evaluation.run_b_id, task=OuterRef("task"), state=AnswerState.DONE)
    known = Comparison.objects.filter(evaluation=evaluation, task=OuterRef("task"))
    fresh = Answer.objects.filter(~Exists(known), run=evaluation.run_a_id, state=AnswerState.DONE)
    pairs = fresh.annotate(other=other.values("pk")[:1]).filter(other__isnull=False).order_by("task__position")
    return list(pairs.values_list("pk", "other")[:limit])


def pair_counts(evaluation: Evaluation) -> PairCounts:
    states = dict(evaluation.comparisons.compared().order_by().values_list("state").annotate(Count("pk")))
    return PairCounts(
        tasks=evaluation.bucket.tasks.count(),
        released=states.get(ComparisonState.RELEASED, 0),
        held=states.get(ComparisonState.HELD, 0),
        excluded=states.get(ComparisonState.EXCLUDED, 0),
        failed=lost_answers(evaluation).order_by().values("task").distinct().count(),
    )


def lost_answers(evaluation: Evaluation) -> QuerySet[Answer]:
    """Answers that keep a task out of the evaluation, in the order of the bucket."""
    known = Comparison.objects.filter(evaluation=evaluation, task=OuterRef("task"))
    lost = Answer.objects.filter(~Exists(known), run__in=[evaluation.run_a_id, evaluation.run_b_id], state__in=LOST)
    return lost.select_related("task", "run__revision__pipeline").defer("trace").order_by("task__position", "run_id")


def lost_by_cause(evaluation: Evaluation) -> Sequence[LostPairs]:
    """The commonest first."""
    rows = lost_answers(evaluation).select_related(None).defer(None).order_by()
    groups = (
        rows.values("run", "state", "error_kind").annotate(count=Count("pk")).order_by("-count", "run", "error_kind")
    )
    return [lost_pairs(evaluation, row["run"], row["state"], row["error_kind"], row["count"]) for row in groups]


def lost_pairs(evaluation: Evaluation, run: int, state: str, kind: str, count: int) -> LostPairs:
    side = "a" if run == evaluation.run_a_id else "b"
    revision = (evaluation.run_a if side == "a" else evaluation.run_b).revision
    cause = str(FailureKind(kind).label) if kind in FailureKind.values else kind
    return LostPairs(side, str(revision), str(AnswerState(state).label), cause, count)


def comparable_runs(user: User) -> QuerySet[Run]:
    """Runs the person may see that have an answer or still may get one, newest first; `going` marks the latter."""
    answers = Answer.objects.filter(run=OuterRef("pk"))
    runs = Run.objects.visible_to(user).annotate(going=Exists(answers.filter(state__in=UNDER_WAY)))
    worth = runs.filter(Exists(answers.filter(state__in=[AnswerState.DONE, *UNDER_WAY])))
    return worth.select_related("bucket", "revision__pipeline").order_by("-created_at")
