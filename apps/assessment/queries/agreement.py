"""How far assessors agree on the same comparison, and where they do not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, F, Q, QuerySet, Sum

from apps.accounts.models import User
from apps.assessment.domain.verdicts import NEITHER, PREFERS_A, PREFERS_B, verdict_shown
from apps.assessment.models import Assignment, Comparison, Evaluation, Judgment

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


@dataclass(frozen=True)
class Agreement:
    """Of all pairs of judgments of one comparison the share that agrees (A, neither, B), and what chance would give."""

    pairs: int
    percent: float | None
    chance_percent: float | None


class Leanings(TypedDict):
    """How many judgments of a comparison prefer A, B or neither, and how many there are."""

    a: int
    b: int
    n: int
    all: int


def judged_comparisons(evaluation: Evaluation) -> "QuerySet[WithAnnotations[Judgment, Leanings], Any]":
    """By comparison with at least two judgments."""
    said = Judgment.objects.filter(assignment__evaluation=evaluation).compared().order_by()
    counted = said.values("assignment__comparison").annotate(
        a=Count("pk", filter=Q(verdict__in=PREFERS_A)),
        b=Count("pk", filter=Q(verdict__in=PREFERS_B)),
        n=Count("pk", filter=Q(verdict__in=NEITHER)),
        all=Count("pk"),
    )
    return counted.filter(all__gt=1)


def agreement_so_far(evaluation: Evaluation) -> Agreement:
    sums = judged_comparisons(evaluation).aggregate(
        agree=Sum(sum((F(name) * (F(name) - 1) for name in ("b", "n")), F("a") * (F("a") - 1))),
        pairs=Sum(F("all") * (F("all") - 1)),
        a_sum=Sum("a"),
        b_sum=Sum("b"),
        n_sum=Sum("n"),
    )
    if not sums["pairs"]:
        return Agreement(0, None, None)
    total = sums["a_sum"] + sums["b_sum"] + sums["n_sum"]
    chance = sum((sums[name] / total) ** 2 for name in ("a_sum", "b_sum", "n_sum"))
    return Agreement(sums["pairs"] // 2, 100 * sums["agree"] / sums["pairs"], 100 * chance)


def disagreements(evaluation: Evaluation) -> QuerySet[Comparison]:
    """Comparisons that some judged for A and others for B, in the bucket's order, with `adjudications`."""
    split = judged_comparisons(evaluation).filter(a__gt=0, b__gt=0).values("assignment__comparison")
    found = evaluation.comparisons.filter(pk__in=split).select_related("task")
    return found.prefetch_related("adjudications__made_by").order_by("task__position")


def first_place(comparison: Comparison) -> Assignment:
    """Whose sides a researcher sees. Raises DoesNotExist for a comparison without places."""
    return comparison.assignments.order_by("replica")[:1].get()


@dataclass(frozen=True)
class Opinion:
    """What one assessor said of a comparison, in the terms of a page on which `verdict` is one of `SHOWN`."""

    person: User
    verdict: str
    comment: str


def said_of(comparison: Comparison, *, a_on_left: bool) -> list[Opinion]:
    said = Judgment.objects.filter(assignment__comparison=comparison).compared().select_related("assessor")
    return [
        Opinion(item.assessor, verdict_shown(item.verdict, a_on_left=a_on_left), item.comment)
        for item in said.order_by("judged_at")
    ]
