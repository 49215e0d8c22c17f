from django.utils import timezone

from apps.buckets.models import Bucket
from apps.generation.models import Answer, AnswerState, Run
from apps.pipelines.models import PipelineRevision


def make_run(bucket: Bucket, revision: PipelineRevision, *, done: bool = True, text: str = "Answer") -> Run:
    """A run with an answer per task: all done (text "<text> <task key>") or all waiting."""
    run = Run.objects.create(bucket=bucket, revision=revision, created_by=bucket.created_by)
    Answer.objects.bulk_create(
        Answer(
            run=run,
            task=task,
            state=AnswerState.DONE if done else AnswerState.WAITING,
            attempt=1 if done else 0,
            text=f"{text} {task.key}" if done else None,
            latency_ms=120 if done else None,
            finished_at=timezone.now() if done else None,
        )
        for task in bucket.tasks.all()
    )
    return run
