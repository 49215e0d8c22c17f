"""What waits for an assessor."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import User
from apps.assessment.domain.policies import with_checks
from apps.assessment.models import Assignment, AssignmentState, Comparison, Evaluation, EvaluationState, Skip
from apps.assessment.queries.checks import stages_done
from apps.assessment.queries.judgments import judged_by
from apps.assessment.queries.languages import languages_of
from apps.assessment.queries.paid import paid_work
from apps.assessment.queries.pairs import pair_counts
from apps.assessment.queries.qualified import is_qualified
from apps.assessment.queries.standing import why_no_work
from apps.assessment.queries.watched import Share, gold_of

COUNT_AT_MOST = 1000


@dataclass(frozen=True)
class Work:
    """What an evaluation asks of one assessor. `left` counts to `COUNT_AT_MOST`, then `is_more`; with nothing
    left, `may_grow` says whether pairs are still to come or wait for a decision, or `why` that the person gets no more
    (see `why_no_work`). `hours` of work in all; right on `gold`, where assessors may see that."""

    evaluation: Evaluation
    done: int
    today: int
    left: int
    may_grow: bool = False
    why: str = ""
    hours: float = 0.0
    gold: Share | None = None

    @property
    def is_more(self) -> bool:
        return self.left > COUNT_AT_MOST

    @property
    def percent(self) -> int:
        return 100 * self.done // max(1, self.done + self.left)


def my_evaluations(user: User, *, now: datetime, midnight: datetime) -> list[Work]:
    """Open evaluations this person judges in, those with work left first. `midnight`: when the person's day began."""
    mine = Evaluation.objects.open_to(user).filter(state=EvaluationState.OPEN)
    work = []
    for evaluation in mine:
        done, today = judged_by(user, evaluation, midnight)
        held = Assignment.objects.filter(assessor=user, evaluation=evaluation, state=AssignmentState.LEASED)
        why = "" if held.exists() else why_no_work(user, evaluation, now)
        left = 0 if why else places_left(user, evaluation, now)
        work.append(
            Work(
                evaluation,
                done=done,
                today=today,
                left=left,
                may_grow=not left and not why and may_grow(evaluation),
                why=why,
                hours=sum(paid.hours for paid in paid_work(evaluation, user)),
                gold=gold_of(user, evaluation) if evaluation.shows_gold else None,
            )
        )
    return sorted(work, key=lambda item: item.left == 0)


def may_grow(evaluation: Evaluation) -> bool:
    pairs = pair_counts(evaluation)
    return bool(pairs.to_come or pairs.held)


def places_left(assessor: User, evaluation: Evaluation, now: datetime) -> int:
    """How many comparisons the person could still judge, with the checks among them, so that the number goes down by
    one whatever they judge; beyond `COUNT_AT_MOST` it is only known to be more."""
    places = Assignment.objects.filter(comparison=OuterRef("pk"))
    mine = places.filter(assessor=assessor)
    within_reach = Q(state=AssignmentState.FREE) | Q(state=AssignmentState.LEASED, lease_until__lt=now)
    skipped = Skip.objects.filter(comparison=OuterRef("pk"), assessor=assessor)
    reachable = places.filter(within_reach)
    if languages := languages_of(assessor):
        reachable = reachable.filter(language__in=languages)
    comparisons = Comparison.objects.filter(evaluation=evaluation, is_check=False)
    open_to_me = comparisons.filter(Exists(reachable), ~Exists(mine), ~Exists(skipped))
    held = Assignment.objects.filter(assessor=assessor, evaluation=evaluation, state=AssignmentState.LEASED).count()
    given = Assignment.objects.filter(assessor=assessor, evaluation=evaluation).count()
    before = stages_left(assessor, evaluation)
    return (
        held
        + before
        + with_checks(
            open_to_me[: COUNT_AT_MOST + 1].count(),
            given + before,
            gold=evaluation.gold_percent,
            control=evaluation.control_percent,
            retest=evaluation.retest_percent,
            seed=f"{evaluation.seed}/{assessor.pk}",
        )
    )


def stages_left(assessor: User, evaluation: Evaluation) -> int:
    """Comparisons of training and exam that are still to be given."""
    sizes = evaluation.training_size, evaluation.exam_size
    if not any(sizes) or is_qualified(assessor, evaluation):
        return 0
    done = stages_done(assessor, evaluation)
    return max(0, sizes[0] - done.trained) + max(0, sizes[1] - done.given)
