"""Hand out comparisons. One claim locks one place, whatever the size of the evaluation; only who would be sent away
empty-handed looks for pairs that became ready meanwhile."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from apps.accounts.models import User
from apps.assessment.domain.refusals import NotAssessor
from apps.assessment.domain.sides import prefer_left
from apps.assessment.models import Assignment, AssignmentQuerySet, AssignmentState, Evaluation, EvaluationState
from apps.assessment.services.admitting import admit_news

Membership = Evaluation.assessors.through


def lock_membership(assessor: User, evaluation_id: int) -> None:
    """Serialise everything one person does in one evaluation, on their row of the evaluation's assessors; closing the
    evaluation and taking the person out wait for the same row. Raises NotAssessor."""
    locked = Membership.objects.select_for_update(no_key=True)
    if not locked.filter(evaluation_id=evaluation_id, user_id=assessor.pk).first():
        raise NotAssessor


@transaction.atomic
def claim_comparison(*, assessor: User, evaluation: Evaluation, now: datetime) -> Assignment | None:
    """The comparison to show: the one the person holds already, or else a new lease; None when nothing is left for now
    or the evaluation is closed. Raises NotAssessor."""
    lock_membership(assessor, evaluation.pk)
    if not accepts_judgments(evaluation):
        return None
    held = held_by(assessor, evaluation).order_by("shown_at", "lease_until").first()
    place = held or next_place(assessor, evaluation, now) or new_place(assessor, evaluation, now)
    if place is None:
        return None
    if place.shown_at is None or ran_out(place, now):
        place.shown_at = now
    return lease(place, assessor, evaluation, now, is_new=held is None)


@transaction.atomic
def reserve_next(*, assessor: User, evaluation: Evaluation, beside: Assignment, now: datetime) -> Assignment | None:
    """Hold one comparison beside the one shown, so that its pictures load meanwhile. Raises NotAssessor."""
    lock_membership(assessor, evaluation.pk)
    if not accepts_judgments(evaluation):
        return None
    held = held_by(assessor, evaluation).exclude(pk=beside.pk).first()
    if held:
        return held
    place = next_place(assessor, evaluation, now)
    if place is None:
        return None
    place.shown_at = None
    return lease(place, assessor, evaluation, now, is_new=True)


def accepts_judgments(evaluation: Evaluation) -> bool:
    return Evaluation.objects.filter(pk=evaluation.pk, state=EvaluationState.OPEN).exists()


def ran_out(place: Assignment, now: datetime) -> bool:
    return place.lease_until is not None and place.lease_until < now


def held_by(assessor: User, evaluation: Evaluation) -> AssignmentQuerySet:
    """My leases, run out or not, as long as nobody else is just taking them over."""
    return Assignment.objects.select_for_update(skip_locked=True).filter(
        assessor=assessor, evaluation=evaluation, state=AssignmentState.LEASED
    )


def next_place(assessor: User, evaluation: Evaluation, now: datetime) -> Assignment | None:
    """Lock one free place, on the side this person saw less if there is one; else one whose lease ran out."""
    open_to_me = (
        Assignment.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(evaluation=evaluation)
        .not_met_by(assessor)
    )
    free = open_to_me.filter(state=AssignmentState.FREE).order_by("order_key")
    left_first = prefers_left(assessor, evaluation)
    return (
        free.filter(a_on_left=left_first).first()
        or free.filter(a_on_left=not left_first).first()
        or open_to_me.filter(state=AssignmentState.LEASED, lease_until__lt=now).order_by("lease_until").first()
    )


def new_place(assessor: User, evaluation: Evaluation, now: datetime) -> Assignment | None:
    """Before sending anyone away: one of a pair that became ready since the last sweep."""
    return next_place(assessor, evaluation, now) if admit_news(evaluation) else None


def prefers_left(assessor: User, evaluation: Evaluation) -> bool:
    seen = Assignment.objects.filter(assessor=assessor, evaluation=evaluation).aggregate(
        left=Count("pk", filter=Q(a_on_left=True)), right=Count("pk", filter=Q(a_on_left=False))
    )
    return prefer_left(seen["left"], seen["right"], seed=f"{evaluation.seed}/{assessor.pk}")


def lease(place: Assignment, assessor: User, evaluation: Evaluation, now: datetime, *, is_new: bool) -> Assignment:
    """Write the lease; a new holder gets a new number, so that whatever the last one still sends is told apart."""
    place.lease += is_new
    place.state = AssignmentState.LEASED
    place.assessor = assessor
    place.lease_until = now + timedelta(minutes=evaluation.lease_minutes)
    place.save(update_fields=["lease", "state", "assessor", "lease_until", "shown_at"])
    return place
