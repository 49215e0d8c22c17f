"""What a researcher decides about possible leaks: hide the place, leave the pair out, or let it stand."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.leaks import settle
from apps.assessment.models import (
    Assignment,
    AssignmentState,
    Comparison,
    ComparisonState,
    Decision,
    Evaluation,
    LeakChoice,
    LeakHit,
    LeakHitQuerySet,
)
from apps.assessment.services.admitting import lay_out_places
from apps.audit.services import record


@dataclass(frozen=True)
class Decided:
    """Hits that got the choice; hits left as they were, since an assessor has begun their comparison."""

    hits: int
    too_late: int


@transaction.atomic
def decide_leaks(
    *, actor: User, evaluation: Evaluation, hits: LeakHitQuerySet, choice: Decision, now: datetime
) -> Decided:
    """One choice for all of `hits`; a pair with none undecided is released, or leaves the evaluation.

    What an assessor holds or has judged stays as it was shown: such hits are left alone and counted. Repeating a choice
    changes nothing. Waits for claims of these pairs that are just under way.
    """
    locked = Evaluation.objects.select_for_update(no_key=True).get(pk=evaluation.pk)
    wanted = list(hits.of(locked).with_choice())
    begun = lock_places({hit.comparison_id for hit in wanted})
    changing = [hit for hit in wanted if hit.choice != choice and hit.comparison_id not in begun]
    append_choices(changing, choice, actor, now)
    settle_comparisons(locked, {hit.comparison_id for hit in changing})
    if changing:
        kinds = dict(Counter(hit.kind for hit in changing))
        comparisons = len({hit.comparison_id for hit in changing})
        record(actor, "leaks.decided", evaluation, choice=choice.value, hits=kinds, comparisons=comparisons)
    late = sum(hit.choice != choice and hit.comparison_id in begun for hit in wanted)
    return Decided(len(changing), late)


def lock_places(comparisons: Collection[int]) -> set[int]:
    """Keep claims off these comparisons; returns those that somebody holds or has judged."""
    places = Assignment.objects.select_for_update().filter(comparison__in=comparisons).order_by("pk")
    return {place.comparison_id for place in places if place.state != AssignmentState.FREE}


def append_choices(hits: Collection[LeakHit], choice: Decision, actor: User, now: datetime) -> None:
    former = {old.hit_id: old for old in LeakChoice.objects.filter(hit__in=hits).current()}
    LeakChoice.objects.bulk_create(
        LeakChoice(hit=hit, choice=choice, supersedes=former.get(hit.pk), made_by=actor, made_at=now) for hit in hits
    )


def settle_comparisons(evaluation: Evaluation, keys: Collection[int]) -> None:
    choices = defaultdict[int, list[str | None]](list)
    for hit in LeakHit.objects.filter(comparison__in=keys).with_choice():
        choices[hit.comparison_id].append(hit.choice)
    moved = defaultdict[str, list[Comparison]](list)
    for comparison in Comparison.objects.filter(pk__in=keys).select_related("task").order_by("task__position"):
        if comparison.state != (state := settle(choices[comparison.pk])):
            moved[state].append(comparison)
    for state, comparisons in moved.items():
        if state != ComparisonState.RELEASED:
            Assignment.objects.filter(comparison__in=comparisons).delete()
        Comparison.objects.filter(pk__in=[comparison.pk for comparison in comparisons]).update(state=state)
    lay_out_places(evaluation, moved[ComparisonState.RELEASED])
