"""Take judgments in. The append-only rows are themselves the record of who did what, so no audit event is added."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.refusals import (
    AlreadyCorrected,
    AlreadyJudged,
    EvaluationClosed,
    LateSubmit,
    NotAssessor,
    NotYours,
    TooOld,
)
from apps.assessment.domain.verdicts import JudgmentInput, verdict_meant
from apps.assessment.models import Assignment, AssignmentState, Criterion, Judgment
from apps.assessment.queries import in_order
from apps.assessment.services.claiming import Membership, accepts_judgments, lock_membership
from apps.assessment.services.places import add_if_unsure
from apps.assessment.services.saying import (
    contradiction_in,
    packed_said,
    ratings_meant,
    refuse_invalid,
    store_said,
)
from apps.assessment.services.timing import time_on_task
from apps.assessment.services.watching import watch_judgment

CORRECTABLE_FOR = timedelta(hours=24)


@transaction.atomic
def submit_judgment(
    *,
    assessor: User,
    assignment_id: UUID,
    lease: int,
    submission_id: UUID,
    form: JudgmentInput,
    now: datetime,
    left: datetime | None = None,
    criteria: Sequence[Criterion] = (),
) -> Judgment:
    """Store one judgment. The same `submission_id` again returns the judgment it made, whatever happened since.
    `criteria`: those of the evaluation, where the caller has read them. `left`: when the page went on to the next
    comparison, if it did; time on task ends there, so no second counts for both.

    A lease that ran out is honoured as long as nobody else was given the place. Raises NotAssessor, NotYours,
    LateSubmit, AlreadyJudged, EvaluationClosed or JudgmentInvalid, and then stores nothing.
    """
    is_member = lock_membership_at(assessor, assignment_id)
    if repeated := judgment_of(submission_id, assessor):
        return repeated
    places = Assignment.objects.select_for_update(of=("self",)).select_related("evaluation")
    place = places.filter(public_id=assignment_id).first()
    if place is None:
        raise NotYours
    if not is_member:
        raise NotAssessor
    refuse_foreign(place, assessor, lease)
    if not place.evaluation.is_open:  # read under the lock that closing waits for
        raise EvaluationClosed
    judgment = store_judgment(place, assessor, submission_id, form, criteria, now=now, left=left, supersedes=None)
    place.state, place.lease_until = AssignmentState.DONE, None
    place.save(update_fields=["state", "lease_until"])
    watch_judgment(place, assessor, now)
    return judgment


@transaction.atomic
def correct_judgment(
    *,
    assessor: User,
    judgment_id: UUID,
    submission_id: UUID,
    form: JudgmentInput,
    now: datetime,
    criteria: Sequence[Criterion] = (),
) -> Judgment:
    """A change of mind within a day: a new judgment that supersedes the old one, which stays. Idempotent likewise.

    Raises NotYours (no such judgment), AlreadyCorrected, TooOld, NotAssessor, EvaluationClosed or JudgmentInvalid.
    """
    if repeated := judgment_of(submission_id, assessor):
        return repeated
    old = Judgment.objects.select_related("assignment__evaluation").filter(public_id=judgment_id, assessor=assessor)
    if not (found := old.first()):
        raise NotYours
    lock_membership(assessor, found.assignment.evaluation_id)
    if repeated := judgment_of(submission_id, assessor):
        return repeated
    if not old.current().exists():
        raise AlreadyCorrected
    if now - found.judged_at > CORRECTABLE_FOR:
        raise TooOld
    if not accepts_judgments(found.assignment.evaluation):
        raise EvaluationClosed
    judgment = store_judgment(found.assignment, assessor, submission_id, form, criteria, now=now, supersedes=found)
    if found.assignment.state == AssignmentState.DONE:
        add_if_unsure(found.assignment)
    return judgment


def lock_membership_at(assessor: User, assignment_id: UUID) -> bool:
    """As `lock_membership`, by the place alone and in one query; False when the person does not judge there."""
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).filter(user_id=assessor.pk)
    return members.filter(evaluation__assignments__public_id=assignment_id).first() is not None


def judgment_of(submission_id: UUID, assessor: User) -> Judgment | None:
    judgment = Judgment.objects.filter(submission_id=submission_id).first()
    if judgment and judgment.assessor_id != assessor.pk:
        raise NotYours
    return judgment


def refuse_foreign(place: Assignment, assessor: User, lease: int) -> None:
    if place.assessor_id != assessor.pk or place.lease != lease:
        raise LateSubmit if lease < place.lease else NotYours
    if place.state == AssignmentState.DONE:
        raise AlreadyJudged


def store_judgment(
    place: Assignment,
    assessor: User,
    submission_id: UUID,
    form: JudgmentInput,
    known: Sequence[Criterion],
    *,
    now: datetime,
    supersedes: Judgment | None,
    left: datetime | None = None,
) -> Judgment:
    is_known = bool(known) and known[0].evaluation_id == place.evaluation_id
    criteria = list(known if is_known else place.evaluation.criteria.all())
    refuse_invalid(form, criteria, place)
    said = ratings_meant(form, criteria, a_on_left=place.a_on_left)
    judgment = Judgment.objects.create(
        assignment=place,
        assessor=assessor,
        submission_id=submission_id,
        supersedes=supersedes,
        verdict=verdict_meant(form.verdict, a_on_left=place.a_on_left),
        a_on_left=place.a_on_left,
        comment=form.comment,
        flagged=form.flagged,
        **time_on_task(place, form, min(left or now, now), supersedes),
        judged_at=now,
        contradiction=contradiction_in(form, criteria),
        criteria_shown=[item.key for item in in_order(criteria, place, assessor.pk)],
        packed=packed_said(criteria, said),
    )
    store_said(judgment, form, criteria, said)
    return judgment
