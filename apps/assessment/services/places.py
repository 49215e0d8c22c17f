"""Places between being made and being done: leased, given back, withdrawn, added."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from apps.accounts.models import User
from apps.assessment.domain.order import order_key
from apps.assessment.domain.policies import lease_length, wants_another
from apps.assessment.domain.sides import next_side
from apps.assessment.models import Assignment, AssignmentState, Comparison, Evaluation, Judgment

PACE_OF_LAST = 20  # judgments


class Lately(NamedTuple):
    """What an assessor judged: where, its pair's key, and how long it took."""

    evaluation: int
    order_key: int
    seconds: float


def judged_lately(assessor: User) -> list[Lately]:
    """The newest first."""
    mine = Judgment.objects.filter(assessor=assessor, supersedes=None).order_by("-judged_at")
    return [Lately(*row) for row in mine.values_list("evaluation", "assignment__order_key", "seconds")[:PACE_OF_LAST]]


def lease(
    place: Assignment, assessor: User, evaluation: Evaluation, now: datetime, lately: Sequence[Lately], *, is_new: bool
) -> Assignment:
    """Write the lease; a new holder gets a new number, so that whatever the last one still sends is told apart."""
    place.lease += is_new
    place.state = AssignmentState.LEASED
    place.assessor = assessor
    place.lease_until = now + lease_of(evaluation, lately)
    place.save(update_fields=["lease", "state", "assessor", "lease_until", "shown_at", "a_on_left"])
    return place


def lease_of(evaluation: Evaluation, lately: Sequence[Lately]) -> timedelta:
    """By the assessor's own pace, the evaluation's lease at most."""
    pace = median(judged.seconds for judged in lately) if lately else None
    return lease_length(pace, most=timedelta(minutes=evaluation.lease_minutes))


def put_back(place: Assignment) -> None:
    """For somebody else; a check was made for one person and goes to nobody."""
    place.lease += 1
    place.lease_until = None
    if place.is_check:
        place.state = AssignmentState.WITHDRAWN
    else:
        place.state, place.assessor, place.shown_at = AssignmentState.FREE, None, None
    place.save(update_fields=["state", "assessor", "shown_at", "lease_until", "lease"])


def withdraw_judged(places: Sequence[Assignment]) -> None:
    """Leave what was judged out and let others judge again: each place gets a free one in its stead, with the same
    sides and as early in the queue. What was said stays stored."""
    lock_comparisons({place.comparison_id for place in places})
    for place in places:
        place.state, place.lease = AssignmentState.WITHDRAWN, place.lease + 1
        place.save(update_fields=["state", "lease"])
        add_place(place.comparison_id, like=place, a_on_left=place.a_on_left, is_extra=place.is_extra)


def add_if_unsure(place: Assignment) -> None:
    """One more place for a comparison that is judged through and still in doubt. Whoever judges last sees all verdicts,
    since they wait for one another on the comparison."""
    evaluation = place.evaluation
    if place.is_check or evaluation.most_overlap is None:
        return
    lock_comparisons({place.comparison_id})
    places = list(Assignment.objects.filter(comparison=place.comparison_id).compared())
    if any(item.state != AssignmentState.DONE for item in places):
        return
    said = Judgment.objects.filter(assignment__in=places).compared().values_list("verdict", flat=True)
    if wants_another(list(said), most=evaluation.most_overlap):
        place.order_key = order_key(place.comparison.task_id, len(places), seed=evaluation.seed)
        lefts = sum(item.a_on_left for item in places)
        side = next_side(lefts, len(places) - lefts, last=max(places, key=lambda item: item.replica).a_on_left)
        add_place(place.comparison_id, like=place, a_on_left=side, is_extra=True)


def lock_comparisons(keys: Collection[int]) -> None:
    list(Comparison.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values("pk"))


def add_place(comparison: int, *, like: Assignment, a_on_left: bool, is_extra: bool) -> None:
    """The caller has locked the comparison."""
    Assignment.objects.create(
        evaluation_id=like.evaluation_id,
        comparison_id=comparison,
        replica=Assignment.objects.filter(comparison=comparison).count(),
        order_key=like.order_key,
        language=like.language,
        a_on_left=a_on_left,
        is_extra=is_extra,
    )
