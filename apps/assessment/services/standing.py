"""Pause, ban and take back; tell an assessor something; settle what assessors disagree about."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from apps.accounts.models import User
from apps.assessment.labels import RULE_WARNINGS
from apps.assessment.models import (
    Adjudication,
    Assignment,
    AssignmentState,
    Comparison,
    Evaluation,
    Languages,
    Message,
    Standing,
    StandingState,
    Verdict,
)
from apps.assessment.services.claiming import lock_person
from apps.assessment.services.places import put_back, withdraw_judged
from apps.audit.services import record


@transaction.atomic
def change_standing(
    *, actor: User | None, evaluation: Evaluation, assessor: User, state: StandingState, reason: str, now: datetime
) -> None:
    """`actor` None: a rule did it, `reason` is its kind. Whoever may not go on loses their leases; after a ban
    everything they judged here is left out and judged again by others, also when the ban is taken back later. Who works
    again starts anew before the rules. Waits for what the person is just claiming or sending."""
    lock_person(assessor, evaluation.pk)
    standing, _ = Standing.objects.select_for_update().get_or_create(
        evaluation=evaluation, assessor=assessor, defaults={"changed_at": now}
    )
    if standing.state == state:
        return
    again = release(evaluation, assessor, state)
    standing.state, standing.reason, standing.changed_at = state, reason, now
    standing.forgiven_at = now if state == StandingState.WORKING else standing.forgiven_at
    standing.save()
    facts = {"assessor": str(assessor.public_id), "state": state.value, "reason": reason, "judged_again": again}
    record(actor, "assessor.standing_changed", evaluation, **facts)


def release(evaluation: Evaluation, assessor: User, state: StandingState) -> int:
    """Give back what the person holds, and with a ban what they judged; returns how many places are judged again."""
    if state == StandingState.WORKING:
        return 0
    mine = Assignment.objects.select_for_update().filter(evaluation=evaluation, assessor=assessor).order_by("pk")
    for place in mine.filter(state=AssignmentState.LEASED):
        put_back(place)
    if state != StandingState.BANNED:
        return 0
    judged = list(mine.filter(state=AssignmentState.DONE, is_check=False))
    withdraw_judged(judged)
    return len(judged)


def warn_assessor(*, evaluation: Evaluation, assessor: User, kind: str, now: datetime) -> None:
    """A rule's warning, in the assessor's language."""
    with translation.override(assessor.language or settings.LANGUAGE_CODE):
        text = str(RULE_WARNINGS[kind])
    Message.objects.create(evaluation=evaluation, sender=None, assessor=assessor, text=text, sent_at=now)
    record(None, "assessor.warned", evaluation, assessor=str(assessor.public_id), rule=kind)


@transaction.atomic
def send_message(*, actor: User, evaluation: Evaluation, assessor: User, text: str, now: datetime) -> Message:
    message = Message.objects.create(evaluation=evaluation, sender=actor, assessor=assessor, text=text, sent_at=now)
    record(actor, "assessor.message_sent", evaluation, assessor=str(assessor.public_id))
    return message


@transaction.atomic
def choose_languages(*, actor: User, tags: list[str]) -> None:
    """The languages one judges in; none stands for all."""
    Languages.objects.update_or_create(assessor=actor, defaults={"tags": sorted(set(tags))})
    record(actor, "assessor.languages_chosen", actor, tags=sorted(set(tags)))


@transaction.atomic
def adjudicate_comparison(
    *, actor: User, comparison: Comparison, verdict: Verdict, note: str, now: datetime
) -> Adjudication:
    """A researcher's word beside the assessors'; no rate changes by it."""
    made = Adjudication.objects.create(comparison=comparison, verdict=verdict, note=note, made_by=actor, made_at=now)
    record(actor, "comparison.adjudicated", comparison, verdict=verdict.value)
    return made


def read_messages(*, assessor: User, now: datetime) -> int:
    """All of one's own; returns how many were new."""
    return Message.objects.filter(assessor=assessor, read_at=None).update(read_at=now)
