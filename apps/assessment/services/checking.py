"""Make checks of assessors: gold in stock, and one comparison for one person when it is due."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.assessment.domain.gold import damage
from apps.assessment.domain.policies import check_due
from apps.assessment.domain.sides import prefer_left
from apps.assessment.models import (
    Assignment,
    AssignmentState,
    Check,
    CheckKind,
    Comparison,
    ComparisonState,
    Evaluation,
    GoldItem,
    Judgment,
    LeakHit,
    LeakSide,
)
from apps.assessment.queries.checks import language_of
from apps.assessment.queries.gold import gold_for
from apps.assessment.queries.languages import in_languages

STOCK = 500  # gold items of one evaluation
RETEST_AFTER, RETEST_AMONG = 10, 100  # judgments in between, and how far back one is looked for


@dataclass(frozen=True)
class Seen:
    """How many comparisons a person was given here: with A on either side, of the evaluation and as checks; and keys of
    the `pairs` that they are at."""

    left: int
    right: int
    check_left: int
    check_right: int
    pairs: Sequence[int] = ()

    @property
    def all(self) -> int:
        return self.left + self.right + self.check_left + self.check_right


def stock_gold(evaluation: Evaluation, comparisons: Sequence[Comparison]) -> None:
    """Gold of comparisons just released, without those in which anything might unblind; their tasks and answers are
    loaded. Damaged by a seed, on a side that alternates."""
    room = STOCK - evaluation.gold.count() if evaluation.uses_checks else 0
    texts = {item.pk: (item.answer_a.text or "", item.answer_b.text or "") for item in comparisons}
    items = []
    for item in comparisons[: max(0, room)]:
        side = item.task_id % 2
        others = [
            texts[other.pk][side]
            for other in comparisons
            if other.pk != item.pk and language_of(other.task) == language_of(item.task)
        ]
        seed = f"{evaluation.seed}/{item.task_id}"
        if made := damage(
            texts[item.pk][side],
            language=language_of(item.task),
            others=others,
            seed=seed,
            references=item.task.references,
        ):
            items.append(
                GoldItem(
                    evaluation=evaluation,
                    source=item,
                    side=(LeakSide.A, LeakSide.B)[side],
                    corruption=made.kind,
                    criterion=made.criterion,
                    text=made.text,
                )
            )
    GoldItem.objects.bulk_create(items)


def check_instead(assessor: User, evaluation: Evaluation, seen: Seen) -> Assignment | None:
    """The check that is due in place of the next comparison, if one is and can be made."""
    kind = check_due(
        seen.all,
        gold=evaluation.gold_percent,
        control=evaluation.control_percent,
        retest=evaluation.retest_percent,
        seed=f"{evaluation.seed}/{assessor.pk}",
    )
    return make_check(kind, assessor, evaluation, seen) if kind else None


def make_check(kind: str, assessor: User, evaluation: Evaluation, seen: Seen) -> Assignment | None:
    """None when there is nothing left to make one of. The caller holds the person's membership, so no check is made
    twice."""
    chance = random.Random(f"{kind}/{evaluation.seed}/{assessor.pk}/{seen.all}")  # noqa: S311 (no secret)
    if kind == CheckKind.RETEST:
        return make_retest(assessor, evaluation, chance)
    item = None if kind == CheckKind.CONTROL else draw_item(assessor, evaluation, chance, seen.pairs)
    source = item.source if item else None
    if kind == CheckKind.CONTROL:
        source = draw_source(assessor, evaluation, chance, seen.pairs)
    if source is None:
        return None
    side = item.side if item else chance.choice(LeakSide.values)
    answer = source.answer_a_id if side == LeakSide.A else source.answer_b_id
    a_on_left = prefer_left(seen.check_left, seen.check_right, seed=f"check/{evaluation.seed}/{assessor.pk}")
    return store_check(
        Check(evaluation=evaluation, assessor=assessor, kind=kind, gold=item), source, (answer, answer), a_on_left
    )


def draw_item(assessor: User, evaluation: Evaluation, chance: random.Random, pairs: Sequence[int]) -> GoldItem | None:
    """One the person has not had, in their languages, of a task they have not met if there is one."""
    key = draw_unmet(gold_for(assessor, evaluation), "source__task", assessor, chance, pairs)
    return GoldItem.objects.select_related("source__task").get(pk=key) if key else None


def draw_source(
    assessor: User, evaluation: Evaluation, chance: random.Random, pairs: Sequence[int]
) -> Comparison | None:
    """A comparison without anything that might unblind, for an answer to be shown beside itself."""
    hits = LeakHit.objects.filter(comparison=OuterRef("pk"))
    clean = evaluation.comparisons.compared().filter(~Exists(hits), state=ComparisonState.RELEASED)
    key = draw_unmet(clean.filter(in_languages(assessor, "task")), "task", assessor, chance, pairs)
    return Comparison.objects.select_related("task").get(pk=key) if key else None


def draw_unmet(
    rows: QuerySet[Any], task: str, assessor: User, chance: random.Random, pairs: Sequence[int]
) -> int | None:
    """The key of one of the first `STOCK`, of a task that the person has not met if there is one, nor is about to meet
    as the other half of one of the `pairs`."""
    places = Assignment.objects.filter(comparison__task=OuterRef(task))
    met = places.filter(Q(assessor=assessor) | Q(order_key__in=pairs, is_check=False)).values("pk")[:1]
    in_order = rows.order_by(f"{task}_id").values_list("pk", flat=True)  # for comparisons a walk of an index
    # A scalar subquery, looked up for each row: as a join, all tasks are read for the first 500.
    keys = list(in_order.alias(met=Subquery(met)).filter(met=None)[:STOCK]) or list(in_order[:STOCK])
    return chance.choice(keys) if keys else None


def make_retest(assessor: User, evaluation: Evaluation, chance: random.Random) -> Assignment | None:
    """One of the person's earlier comparisons, once more, with the sides swapped."""
    mine = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation).compared()
    again = mine.filter(retests=None).order_by("-judged_at", "-pk")
    keys = list(again.values_list("pk", flat=True)[RETEST_AFTER : RETEST_AFTER + RETEST_AMONG])
    if not keys:
        return None
    judgment = Judgment.objects.select_related("assignment__comparison__task").get(pk=chance.choice(keys))
    source = judgment.assignment.comparison
    check = Check(evaluation=evaluation, assessor=assessor, kind=CheckKind.RETEST, retest_of=judgment)
    return store_check(check, source, (source.answer_a_id, source.answer_b_id), not judgment.a_on_left)


def store_check(check: Check, source: Comparison, answers: tuple[int, int], a_on_left: bool) -> Assignment:
    check.comparison = Comparison.objects.create(
        evaluation=check.evaluation,
        task=source.task,
        answer_a_id=answers[0],
        answer_b_id=answers[1],
        state=ComparisonState.RELEASED,
        scanned_with=source.scanned_with,
        is_check=True,
    )
    check.save()
    return Assignment.objects.create(
        evaluation=check.evaluation,
        comparison=check.comparison,
        replica=0,
        order_key=0,
        language=language_of(source.task),
        is_check=True,
        a_on_left=a_on_left,
        state=AssignmentState.LEASED,
        assessor=check.assessor,
    )
