"""What people do with runs: start, cancel, try the failed ones again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Count, Value, When
from django.db.models.functions import Length, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.buckets.services import freeze_bucket
from apps.generation.domain.retries import MAX_FAILURES, SUSPECT_KINDS
from apps.generation.models import Answer, AnswerState, Run, RunState
from apps.generation.queries import failed_answers
from apps.generation.services.wake import wake_workers

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision


class RunRefused(Exception):
    """A run that can't be started or changed so; the message is for the person who asked."""


@transaction.atomic
def start_run(*, actor: User, bucket: Bucket, revision: PipelineRevision, seed: int = 0, use_cache: bool = True) -> Run:
    """A run with one waiting answer per task; the bucket is frozen from now on. Workers wake on commit.

    Without `use_cache`, models are asked even for what they have answered before.
    """
    freeze_bucket(actor=actor, bucket=bucket, now=timezone.now())
    tasks = _alike_together(bucket)
    if not tasks:
        raise RunRefused(_("The bucket %(bucket)s has no tasks. Import some first.") % {"bucket": bucket})
    run = Run.objects.create(bucket=bucket, revision=revision, seed=seed, use_cache=use_cache, created_by=actor)
    Answer.objects.bulk_create((Answer(run=run, task_id=task) for task in tasks), batch_size=1000)
    record(actor, "run.started", run, bucket=str(bucket.public_id), revision=revision.sha256, answers=len(tasks))
    wake_workers(run, pending=len(tasks))
    return run


def _alike_together(bucket: Bucket) -> list[int]:
    """Primary keys in the order in which answers are claimed: as many pictures together, the longest first, so that a
    batch holds little padding and the run does not end with its slowest batch.
    """
    tasks = bucket.tasks.annotate(pictures=Count("task_images"), length=Length("instruction"))
    return list(tasks.order_by("pictures", "-length", "position").values_list("pk", flat=True))


@transaction.atomic
def cancel_run(*, actor: User, run: Run) -> int:
    """Stop the run for good; returns how many answers are cancelled, those under way too: their writes will miss."""
    if not Run.objects.filter(pk=run.pk, state=RunState.ACTIVE).update(state=RunState.CANCELLED):
        return 0
    pending = Answer.objects.filter(run=run, state__in=[AnswerState.WAITING, AnswerState.RUNNING])
    cancelled = pending.update(state=AnswerState.CANCELLED, lease_until=None, finished_at=Now())
    record(actor, "run.cancelled", run, answers=cancelled)
    return cancelled


@transaction.atomic
def retry_failed(*, actor: User, run: Run, cause: str = "") -> int:
    """Another round for the failed answers, or those of one cause (`FailureGroup.key`); returns how many.

    Suspects of taking others with them run alone again.
    """
    if not Run.objects.select_for_update().filter(pk=run.pk, state=RunState.ACTIVE).exists():
        raise RunRefused(_("This run was cancelled. Start a new one instead."))
    failures = Case(When(error_kind__in=SUSPECT_KINDS, then=Value(MAX_FAILURES - 1)), default=Value(0))
    failed = failed_answers(run, cause=cause)
    retried = failed.update(state=AnswerState.WAITING, failures=failures, not_before=None, finished_at=None)
    if retried:
        record(actor, "run.retried", run, answers=retried)
        wake_workers(run, pending=retried)
    return retried
