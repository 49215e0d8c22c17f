"""Reads: judges of an evaluation, what they said of each comparison, themselves beside people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.db.models.functions import Length

from apps.assessment.models import Comparison, ComparisonState, Judgment, Rating
from apps.generation.models import Answer, AnswerState, Run, RunState
from apps.generation.queries import progress_of
from apps.judges.domain.combining import A_FIRST, ALONE, B_FIRST, combine
from apps.judges.domain.figures import Figures, Judged, Vote, agreement_by_criterion, figures
from apps.judges.domain.keys import read_key
from apps.judges.models import AutomaticJudge, AutomaticJudgment, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from apps.assessment.models import Evaluation
    from apps.judges.domain.combining import Said
    from apps.judges.models import JudgeQuerySet


@dataclass(frozen=True)
class JudgeVerdict:
    """A judge's word on one comparison, over all orders. `preference` is in [-1, 1], 1 for A (`domain.combining`);
    `verdict` one of "a", "neither", "b"; `comparison` is a primary key."""

    comparison: int
    task_key: str
    cluster: str
    language: str
    preference: float
    verdict: str
    flipped: bool


@dataclass(frozen=True)
class Coverage:
    """Of the `comparisons` that people may judge: how many the judge has `judged`, how many have no usable reference.

    Of questions, two for each comparison: replies `unparsed`, `failed` answers, those `under_way`. `unasked`:
    comparisons that joined since, or were left by a run that was cancelled.
    """

    comparisons: int
    judged: int
    unusable: int
    unparsed: int
    failed: int
    under_way: int
    unasked: int

    @property
    def percent(self) -> int:
        return 100 * self.judged // self.comparisons if self.comparisons else 0


@dataclass(frozen=True)
class CriterionAgreement:
    key: str
    name: str
    pairs: int
    share: float


def judges_of(evaluation: Evaluation) -> JudgeQuerySet:
    return AutomaticJudge.objects.filter(evaluation=evaluation).select_related("revision__pipeline")


def released(evaluation: Evaluation) -> QuerySet[Comparison]:
    return evaluation.comparisons.compared().filter(state=ComparisonState.RELEASED)


def unasked(judge: AutomaticJudge) -> dict[int, tuple[str, ...]]:
    """By released comparison, in the bucket's order: the orders without a judgment or a question under way."""
    orders = (A_FIRST, B_FIRST) if judge.is_model else (ALONE,)
    given = set(judge.judgments.values_list("comparison__public_id", "order")) | pending(judge)
    rows = released(judge.evaluation).order_by("task__position").values_list("pk", "public_id")
    missing = {pk: tuple(order for order in orders if (public_id, order) not in given) for pk, public_id in rows}
    return {pk: left for pk, left in missing.items() if left}


def pending(judge: AutomaticJudge) -> set[tuple[UUID, str]]:
    """Comparisons and orders that were answered, and those of runs not cancelled: failed or still to come."""
    asked = Answer.objects.filter(
        Q(run__state=RunState.ACTIVE) | Q(state=AnswerState.DONE), run__judge_run__judge=judge
    )
    return {read_key(key) for key in asked.values_list("task__key", flat=True)}


def coverage(judge: AutomaticJudge) -> Coverage:
    runs = Run.objects.filter(judge_run__judge=judge)
    active = progress_of(list(runs.filter(state=RunState.ACTIVE))).values()
    counts = judge.judgments.aggregate(
        unparsed=Count("pk", filter=Q(reading=Reading.UNPARSED)),
        unusable=Count("pk", filter=Q(reading=Reading.UNUSABLE)),
    )
    unread = runs.filter(answers__state=AnswerState.DONE, answers__automatic_judgment__isnull=True)
    return Coverage(
        comparisons=released(judge.evaluation).count(),
        judged=len(said_by(judge)),
        failed=sum(each.failed for each in active),
        under_way=sum(each.waiting + each.running for each in active) + unread.count(),
        unasked=len(unasked(judge)),
        **counts,
    )


def said_by(judge: AutomaticJudge) -> dict[int, Said]:
    """By comparison that people may judge; only where it judged without an order, or in both."""
    by_order: dict[int, dict[str, str]] = defaultdict(dict)
    rows = judge.judgments.filter(reading=Reading.JUDGED, comparison__state=ComparisonState.RELEASED)
    rows = rows.order_by("comparison__task__position")
    for comparison, order, verdict in rows.values_list("comparison", "order", "verdict"):
        by_order[comparison][order] = verdict
    found = {comparison: combine(verdicts) for comparison, verdicts in by_order.items()}
    return {comparison: said for comparison, said in found.items() if said is not None}


def judge_verdicts(evaluation: Evaluation, judge: AutomaticJudge) -> list[JudgeVerdict]:
    """The judge's signed preference for each comparison of `evaluation` that it judged, in the bucket's order.

    Never people's: those are `apps.assessment.queries.judgment_table`, whose `task_key` joins the two.
    """
    said = said_by(judge)
    rows = evaluation.comparisons.filter(pk__in=said).order_by("task__position")
    return [
        JudgeVerdict(pk, key, cluster, language, said[pk].preference, said[pk].verdict, said[pk].flipped)
        for pk, key, cluster, language in rows.values_list("pk", "task__key", "task__cluster", "task__language")
    ]


def judge_figures(judge: AutomaticJudge) -> Figures:
    """People's judgments are those that count in reports."""
    return figures(_judged(judge), _votes(judge.evaluation))


def _judged(judge: AutomaticJudge) -> list[Judged]:
    said, first = said_by(judge), defaultdict[int, list[bool]](list)
    for judgment in judge.judgments.filter(reading=Reading.JUDGED):
        if judgment.prefers_first is not None and judgment.comparison_id in said:
            first[judgment.comparison_id].append(judgment.prefers_first)
    lengths = Comparison.objects.filter(pk__in=said).annotate(a=Length("answer_a__text"), b=Length("answer_b__text"))
    longer = {pk: "a" if a > b else "b" if b > a else "" for pk, a, b in lengths.values_list("pk", "a", "b")}
    return [Judged(pk, word, longer.get(pk, ""), tuple(first[pk])) for pk, word in said.items()]


def _people(evaluation: Evaluation) -> QuerySet[Judgment]:
    return Judgment.objects.filter(assignment__evaluation=evaluation).counted()


def _votes(evaluation: Evaluation) -> list[Vote]:
    rows = _people(evaluation).values_list("assignment__comparison", "assessor__public_id", "verdict", "a_on_left")
    return [Vote(comparison, str(person), verdict, left) for comparison, person, verdict, left in rows.order_by("pk")]


def criteria_agreement(judge: AutomaticJudge) -> list[CriterionAgreement]:
    """In the order of the evaluation's criteria, for model judges; where its two orders differ it said "the same"."""
    by_comparison: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for comparison, criteria in judge.judgments.filter(reading=Reading.JUDGED).values_list("comparison", "criteria"):
        by_comparison[comparison].append(criteria)
    agreed = {comparison: _combined(said) for comparison, said in by_comparison.items() if len(said) == 2}
    people: dict[int, tuple[int, dict[str, int]]] = {}
    ratings = Rating.objects.filter(judgment__in=_people(judge.evaluation), preference__isnull=False)
    for judgment, comparison, key, preference in ratings.values_list(
        "judgment", "judgment__assignment__comparison", "criterion__key", "preference"
    ):
        people.setdefault(judgment, (comparison, {}))[1][key] = preference or 0
    found = agreement_by_criterion(agreed, list(people.values()))
    return [
        CriterionAgreement(item.key, item.name, *found[item.key])
        for item in judge.evaluation.criteria.all()
        if item.key in found
    ]


def _combined(said: list[Mapping[str, Any]]) -> dict[str, int]:
    """Of criteria that were rated in both orders."""
    one, other = (
        {key: value["preference"] for key, value in each.items() if value["preference"] is not None} for each in said
    )
    return {key: value if other[key] == value else 0 for key, value in one.items() if key in other}


def unread_replies(judge: AutomaticJudge) -> QuerySet[AutomaticJudgment]:
    """Replies that could not be understood, with their text."""
    rows = judge.judgments.filter(reading=Reading.UNPARSED).select_related("answer", "comparison__task")
    return rows.defer("answer__trace").order_by("pk")
