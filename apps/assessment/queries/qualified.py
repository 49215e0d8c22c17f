"""Who has a qualification: an exam passed in one evaluation counts in the others of the same name and owner."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q

from apps.accounts.models import User
from apps.assessment.domain.policies import stage_failed
from apps.assessment.domain.verdicts import PREFERS_A
from apps.assessment.models import AssignmentState, CheckKind, Evaluation, Judgment, Standing, StandingState

EXAM = ("assignment__evaluation__exam_size", "assignment__evaluation__pass_percent")


def is_qualified(assessor: User, evaluation: Evaluation) -> bool:
    return bool(qualified(evaluation, [assessor.pk]))


def qualified(evaluation: Evaluation, people: Collection[int]) -> set[int]:
    """Those of `people` who passed the exam of another evaluation with this qualification; one query, none without a
    qualification. An exam counts as it was first said, and not for whoever was banned there."""
    if not evaluation.qualification:
        return set()
    others = Evaluation.objects.filter(
        qualification__iexact=evaluation.qualification, created_by=evaluation.created_by_id, exam_size__gt=0
    ).exclude(pk=evaluation.pk)
    exams = Judgment.objects.filter(
        assessor__in=people,
        supersedes=None,
        assignment__evaluation__in=others,
        assignment__state=AssignmentState.DONE,
        assignment__comparison__check_of__kind=CheckKind.EXAM,
    )
    banned = Standing.objects.filter(
        evaluation=OuterRef("assignment__evaluation"), assessor=OuterRef("assessor"), state=StandingState.BANNED
    )
    rows = exams.filter(~Exists(banned)).order_by().values_list("assessor", "assignment__evaluation", *EXAM)
    said = rows.annotate(examined=Count("pk"), right=Count("pk", filter=Q(verdict__in=PREFERS_A)))
    return {
        person
        for person, _, exam, mark, examined, right in said
        if examined >= exam and not stage_failed(examined, right, exam=exam, pass_percent=mark)
    }
