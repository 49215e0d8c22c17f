"""What people do with runs: start, cancel, try the failed ones again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.buckets.services import freeze_bucket
from apps.generation.domain.retries import SUSPECT_KINDS
from apps.generation.models import Answer, AnswerState, Run, RunState
from apps.generation.services.wake import wake_workers

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision


class RunRefused(Exception):
    """A run that can't be started or changed so; the message is for the person who asked."""


@transaction.atomic
def start_run(*, actor: User, bucket: Bucket, revision: PipelineRevision, seed: int = 0) -> Run:
    """A run with one waiting answer per task; the bucket is frozen from now on. Workers wake on commit."""
    freeze_bucket(actor=actor, bucket=bucket, now=timezone.now())
    tasks = list(bucket.tasks.order_by("position").values_list("pk", flat=True))
    if not tasks:
        raise RunRefused(_("The bucket %(bucket)s has no tasks. Import some first.") % {"bucket": bucket})
    run = Run.objects.create(bucket=bucket, revision=revision, seed=seed, created_by=actor)
    Answer.objects.bulk_create((Answer(run=run, task_id=task) for task in tasks), batch_size=1000)
    record(actor, "run.started", run, bucket=str(bucket.public_id), revision=revision.sha256, answers=len(tasks))
    wake_workers(run, pending=len(tasks))
    return run


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
def retry_failed(*, actor: User, run: Run) -> int:
    """Another round for the failed answers; returns how many. Suspects of taking others with them run alone again."""
    if not Run.objects.select_for_update().filter(pk=run.pk, state=RunState.ACTIVE).exists():
        raise RunRefused(_("This run was cancelled. Start a new one instead."))
    failures = Case(When(error_kind__in=SUSPECT_KINDS, then=Value(1)), default=Value(0))
    failed = Answer.objects.filter(run=run, state=AnswerState.FAILED)
    retried = failed.update(state=AnswerState.WAITING, failures=failures, not_before=None, finished_at=None)
    if retried:
        record(actor, "run.retried", run, answers=retried)
        wake_workers(run, pending=retried)
    return retried
