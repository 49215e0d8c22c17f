"""Hand out comparisons. One claim locks one place, whatever the size of the evaluation; only who would be sent away
empty-handed looks for pairs that became ready meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.attention import Shown
from apps.assessment.domain.refusals import NotAssessor
from apps.assessment.models import Assignment, AssignmentQuerySet, AssignmentState, Evaluation, EvaluationState
from apps.assessment.queries.checks import STAGES
from apps.assessment.queries.standing import stage_of, why_no_work
from apps.assessment.services.admitting import admit_news
from apps.assessment.services.checking import check_instead, make_check
from apps.assessment.services.places import Lately, judged_lately, lease
from apps.assessment.services.queue import Queue, seen_by

Membership = Evaluation.assessors.through


def lock_membership(assessor: User, evaluation_id: int) -> None:
    """Serialise everything one person does in one evaluation, on their row of the evaluation's assessors; closing the
    evaluation and taking the person out wait for the same row. Raises NotAssessor."""
    if not lock_person(assessor, evaluation_id):
        raise NotAssessor


def lock_person(assessor: User, evaluation_id: int) -> bool:
    """As `lock_membership`; False for somebody who does not judge there."""
    locked = Membership.objects.select_for_update(no_key=True)
    return bool(locked.filter(evaluation_id=evaluation_id, user_id=assessor.pk).values_list("pk"))


@transaction.atomic
def claim_comparison(
    *, assessor: User, evaluation: Evaluation, now: datetime, shown: Shown | None = None
) -> Assignment | None:
    """The comparison to show: the one the person holds already, or else a new lease; None when nothing is left for now
    or the evaluation is closed. `shown`: what the page shows already. Raises NotAssessor."""
    lock_membership(assessor, evaluation.pk)
    held = held_by(assessor, evaluation).select_related("evaluation").order_by("shown_at", "lease_until").first()
    if not (held.evaluation.is_open if held else accepts_judgments(evaluation)):
        return None
    lately = judged_lately(assessor)
    place = held or next_place(assessor, evaluation, now, lately) or new_place(assessor, evaluation, now, lately)
    if place is None:
        return None
    if place.shown_at is None or ran_out(place, now):
        place.shown_at = shown_since(place, shown, now)
    return lease(place, assessor, evaluation, now, lately, is_new=held is None)


def shown_since(place: Assignment, shown: Shown | None, now: datetime) -> datetime:
    """As the page says, where it is this place; not longer ago than a lease lasts."""
    if not shown or not shown.is_place(place.public_id, place.lease):
        return now
    return max(shown.since, now - timedelta(minutes=place.evaluation.lease_minutes))


@transaction.atomic
def reserve_next(*, assessor: User, evaluation: Evaluation, beside: Assignment, now: datetime) -> Assignment | None:
    """Hold one comparison beside the one shown, so that its pictures load meanwhile. Raises NotAssessor."""
    lock_membership(assessor, evaluation.pk)
    if not accepts_judgments(evaluation):
        return None
    held = held_by(assessor, evaluation).exclude(pk=beside.pk).first()
    if held:
        return held
    lately = judged_lately(assessor)
    place = next_place(assessor, evaluation, now, lately, beside)
    if place is None:
        return None
    place.shown_at = None
    return lease(place, assessor, evaluation, now, lately, is_new=True)


def accepts_judgments(evaluation: Evaluation) -> bool:
    return Evaluation.objects.filter(pk=evaluation.pk, state=EvaluationState.OPEN).exists()


def ran_out(place: Assignment, now: datetime) -> bool:
    return place.lease_until is not None and place.lease_until < now


def held_by(assessor: User, evaluation: Evaluation) -> AssignmentQuerySet:
    """My leases, run out or not, as long as nobody else is just taking them over."""
    return Assignment.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        assessor=assessor, evaluation=evaluation, state=AssignmentState.LEASED
    )


def next_place(
    assessor: User, evaluation: Evaluation, now: datetime, lately: Sequence[Lately], beside: Assignment | None = None
) -> Assignment | None:
    """What the person shall judge next, and holds `beside` what: a check when one is due, else a comparison of the
    evaluation."""
    stage = stage_of(assessor, evaluation)
    if why_no_work(assessor, evaluation, now, now_in=stage):
        return None
    seen = seen_by(assessor, evaluation, lately, [beside.order_key] if beside else [])
    if stage in STAGES:
        return make_check(stage, assessor, evaluation, seen)
    if stage != "work":
        return None
    place = Queue(assessor, evaluation, now, seen).next_place()
    return place and (check_instead(assessor, evaluation, seen) or place)


def new_place(assessor: User, evaluation: Evaluation, now: datetime, lately: Sequence[Lately]) -> Assignment | None:
    """Before sending anyone away: one of a pair that became ready since the last sweep."""
    return next_place(assessor, evaluation, now, lately) if admit_news(evaluation) else None
