"""What two runs have in common."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.generation.models import Answer, AnswerState, Run


def pipeline_names(*runs: Run) -> list[str]:
    return [run.revision.pipeline.name for run in runs]


def comparable_pairs(run_a: Run, run_b: Run) -> Iterable[tuple[int, str, int, int]]:
    """(task id, cluster, answer of A, answer of B) of the tasks that both runs answered, in the bucket's order."""
    other = Answer.objects.filter(run=run_b, task=OuterRef("task"), state=AnswerState.DONE)
    return (
        Answer.objects.filter(run=run_a, state=AnswerState.DONE)
        .annotate(other=other.values("pk")[:1])
        .filter(other__isnull=False)
        .order_by("task__position")
        .values_list("task_id", "task__cluster", "pk", "other")
    )


def finished_runs(user: User) -> QuerySet[Run]:
    """Runs the person may see with every answer settled, the newest first."""
    open_answers = Answer.objects.filter(run=OuterRef("pk"), state__in=[AnswerState.WAITING, AnswerState.RUNNING])
    runs = Run.objects.visible_to(user).exclude(Exists(open_answers))
    return runs.select_related("bucket", "revision__pipeline").order_by("-created_at")
