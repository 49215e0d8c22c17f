"""What a researcher changes in an evaluation that runs: open or closed, and who judges."""

from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.models import Assignment, AssignmentState, Evaluation, EvaluationState
from apps.assessment.services.claiming import Membership
from apps.assessment.services.places import put_back
from apps.audit.services import record


@transaction.atomic
def close_evaluation(*, actor: User, evaluation: Evaluation) -> None:
    """From here on no judgment is accepted. Waits for submits under way, so a report frozen next counts them all."""
    lock_memberships(evaluation)
    set_state(evaluation, EvaluationState.CLOSED)
    record(actor, "evaluation.closed", evaluation)


@transaction.atomic
def reopen_evaluation(*, actor: User, evaluation: Evaluation) -> None:
    lock_memberships(evaluation)
    set_state(evaluation, EvaluationState.OPEN)
    record(actor, "evaluation.reopened", evaluation)


@transaction.atomic
def change_assessors(*, actor: User, evaluation: Evaluation, assessors: Iterable[User]) -> None:
    """From here on exactly these judge. Those taken out lose their leases; their judgments stay."""
    wanted = {user.pk: user for user in assessors}
    members = lock_memberships(evaluation)
    gone = members - set(wanted)
    held = Assignment.objects.select_for_update().filter(
        evaluation=evaluation, assessor_id__in=gone, state=AssignmentState.LEASED
    )
    for place in held:
        put_back(place)
    evaluation.assessors.set(wanted.values())
    added = [str(user.public_id) for key, user in wanted.items() if key not in members]
    record(actor, "evaluation.assessors_changed", evaluation, added=added, removed=len(gone), now=len(wanted))


def lock_memberships(evaluation: Evaluation) -> set[int]:
    """Wait for whatever the assessors are just doing, and hold further claims and submits; returns their keys."""
    rows = Membership.objects.select_for_update(no_key=True).filter(evaluation=evaluation).order_by("pk")
    return set(rows.values_list("user_id", flat=True))


def set_state(evaluation: Evaluation, state: EvaluationState) -> None:
    evaluation.state = state
    evaluation.save(update_fields=["state"])
