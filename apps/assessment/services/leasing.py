"""Leases between claim and submit: kept alive, passed on, taken back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.refusals import AlreadyJudged, LateSubmit, NotYours
from apps.assessment.domain.sides import owed_left
from apps.assessment.models import Assignment, AssignmentState, Evaluation, Skip
from apps.assessment.services.claiming import held_by, lock_membership
from apps.assessment.services.places import judged_lately, lease_of, put_back
from apps.assessment.services.queue import given_to
from apps.assessment.services.submitting import refuse_foreign
from apps.assessment.services.watching import watch_skips
from apps.audit.services import record


@transaction.atomic
def renew_lease(*, assessor: User, assignment_id: UUID, lease: int, now: datetime) -> datetime:
    """The heartbeat of an open page: extend this lease, and that of the comparison held after it. Returns the new end;
    raises NotAssessor, NotYours, LateSubmit or AlreadyJudged when there is nothing to extend."""
    place = lock_place(assessor, assignment_id, lease)
    until = now + lease_of(place.evaluation, judged_lately(assessor))
    Assignment.objects.filter(
        assessor=assessor, evaluation_id=place.evaluation_id, state=AssignmentState.LEASED
    ).update(lease_until=until)
    return until


@transaction.atomic
def skip_comparison(
    *, assessor: User, assignment_id: UUID, lease: int, reason: str, note: str = "", now: datetime
) -> None:
    """Pass the comparison on to others, with a reason; the person never gets it again. A repeat does nothing.

    Raises NotAssessor, NotYours, LateSubmit or AlreadyJudged."""
    try:
        place = lock_place(assessor, assignment_id, lease)
    except LateSubmit:
        if Skip.objects.filter(comparison__assignments__public_id=assignment_id, assessor=assessor).exists():
            return
        raise
    Skip.objects.create(comparison=place.comparison, assessor=assessor, reason=reason, note=note, skipped_at=now)
    put_back(place)
    put_back_unowed(assessor, place.evaluation)
    watch_skips(assessor, place.evaluation, now)


def put_back_unowed(assessor: User, evaluation: Evaluation) -> None:
    """The comparison held after the one just skipped, where it is not of the side that the person is owed now."""
    held = held_by(assessor, evaluation).filter(shown_at=None, is_check=False).first()
    if held is None:
        return
    seen = given_to(assessor, evaluation)
    owed = owed_left(seen.left - held.a_on_left, seen.right - (not held.a_on_left))
    if owed not in (None, held.a_on_left):
        put_back(held)


@transaction.atomic
def free_lease(*, actor: User, assignment: Assignment) -> None:
    """A researcher takes a lease back; what its holder still sends is refused as late. Raises AlreadyJudged."""
    place = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if place.state in (AssignmentState.DONE, AssignmentState.WITHDRAWN):
        raise AlreadyJudged
    if place.state == AssignmentState.LEASED:
        put_back(place)
        record(actor, "lease.freed", place)


def lock_place(assessor: User, assignment_id: UUID, lease: int) -> Assignment:
    found = Assignment.objects.filter(public_id=assignment_id).first()
    if found is None:
        raise NotYours
    lock_membership(assessor, found.evaluation_id)
    places = Assignment.objects.select_for_update(of=("self",)).select_related("evaluation", "comparison")
    place = places.get(pk=found.pk)
    refuse_foreign(place, assessor, lease)
    return place
