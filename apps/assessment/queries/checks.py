"""What a check shows, and how an assessor did on checks."""

from dataclasses import dataclass

from django.db.models import Q

from apps.accounts.models import User
from apps.assessment.domain.leaks import mask_spans
from apps.assessment.domain.verdicts import PREFERS_A
from apps.assessment.models import (
    Assignment,
    AssignmentState,
    Check,
    CheckKind,
    Comparison,
    Evaluation,
    GoldItem,
    Judgment,
)
from apps.assessment.models.judgments import JudgmentQuerySet
from apps.assessment.queries.leaks import masks_of
from apps.buckets.models import Task

STAGES = (CheckKind.TRAINING, CheckKind.EXAM)  # before the work that counts
CHECK_PARTS = ("check_of__gold", "check_of__retest_of__assignment")  # of a comparison
EXAMPLES, LOOKED_AT = 3, 30


@dataclass(frozen=True)
class StagesDone:
    """Training and exam comparisons `given` to somebody here; of the exam, how many were judged and won by the
    undamaged answer."""

    trained: int
    given: int
    examined: int
    right: int


def language_of(task: Task) -> str:
    """Without script and region: who reads English reads en-GB."""
    return task.language.split("-")[0]


def example_items(evaluation: Evaluation) -> list[GoldItem]:
    """What the page of guidelines works out, so that nobody is tested on it: one of each kind of damage, `EXAMPLES` and
    a fifth of the stock at most, the same for everyone."""
    items: dict[str, GoldItem] = {}
    rows = evaluation.gold.select_related("source__task", "source__answer_a", "source__answer_b").order_by("pk")
    for item in rows.defer("source__answer_a__trace", "source__answer_b__trace")[:LOOKED_AT]:
        items.setdefault(item.corruption, item)
    return list(items.values())[: min(EXAMPLES, evaluation.gold.count() // 5)]


def shown_texts(comparison: Comparison) -> tuple[str, str]:
    """What assessors may read of both answers, A then B, leaks masked; of gold, B is the damaged one. The answers are
    loaded, and of a check its `CHECK_PARTS` too."""
    check = comparison.check_of if comparison.is_check else None
    a, b = comparison.answer_a.text or "", comparison.answer_b.text or ""
    if check and check.gold and check.kind != CheckKind.CONTROL:
        return a, check.gold.text
    masks = masks_of(check.retest_of.assignment.comparison_id if check and check.retest_of else comparison.pk)
    return mask_spans(a, masks.get("a", ())), mask_spans(b, masks.get("b", ()))


def said_on_checks(evaluation: Evaluation, *kinds: CheckKind) -> JudgmentQuerySet:
    """Current judgments of checks of these kinds."""
    return Judgment.objects.current().filter(
        assignment__evaluation=evaluation,
        assignment__is_check=True,
        assignment__state=AssignmentState.DONE,
        assignment__comparison__check_of__kind__in=kinds,
    )


def said_in_work(evaluation: Evaluation) -> JudgmentQuerySet:
    """Everything current but training and exam, withdrawn too."""
    said = Judgment.objects.current().filter(evaluation=evaluation)
    if not (evaluation.training_size or evaluation.exam_size):
        return said
    return said.exclude(assignment__comparison__check_of__kind__in=STAGES)


def stages_done(assessor: User, evaluation: Evaluation) -> StagesDone:
    """The exam as it was first said, since nobody corrects an exam. What was skipped or taken back is given anew."""
    stages = Check.objects.filter(evaluation=evaluation, assessor=assessor, kind__in=STAGES)
    first = Q(comparison__assignments__judgments__supersedes=None)
    live = stages.exclude(comparison__assignments__state=AssignmentState.WITHDRAWN)
    rows = list(live.filter(first).values_list("kind", "comparison__assignments__judgments__verdict"))
    exam = [verdict for kind, verdict in rows if kind == CheckKind.EXAM]
    said = [verdict in PREFERS_A for verdict in exam if verdict]
    return StagesDone(trained=len(rows) - len(exam), given=len(exam), examined=len(said), right=sum(said))


def lesson_of(judgment: Judgment | None) -> tuple[GoldItem, bool] | None:
    """After a training comparison: what was damaged, and whether the assessor saw it."""
    if judgment is None or not judgment.assignment.is_check:
        return None
    checks = Check.objects.select_related("gold__source__task", "gold__source__answer_a", "gold__source__answer_b")
    check = checks.filter(comparison=judgment.assignment.comparison_id).first()
    if check is None or check.gold is None or check.kind != CheckKind.TRAINING:
        return None
    return check.gold, judgment.verdict in PREFERS_A


def is_training(place: Assignment) -> bool:
    return place.is_check and Check.objects.filter(comparison=place.comparison_id, kind=CheckKind.TRAINING).exists()


def is_gold(place: Assignment) -> bool:
    """Gold mixed in unseen; no training, no exam."""
    return place.is_check and Check.objects.filter(comparison=place.comparison_id).on_gold().exists()
