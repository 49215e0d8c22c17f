"""The playground: one task through one or two revisions, before a run is paid for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.buckets.pictures.staging import StagedPicture
from apps.buckets.pictures.storing import removed_on_failure, store_pictures
from apps.generation.models import AnswerState, FailureKind, Trial, TrialPicture
from apps.generation.queries import queue_of
from apps.generation.services.wake import HINT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.buckets.models import Task
    from apps.buckets.pictures.encoding import Picture
    from apps.pipelines.models import PipelineRevision

MOST_OPEN = 6  # trials of one person that wait or run
LONGEST_WAIT = timedelta(hours=1)


class TrialRefused(Exception):
    """A trial that can't be started; the message is for the person who asked."""


def try_task(*, actor: User, revisions: Sequence[PipelineRevision], task: Task) -> list[Trial]:
    """A task of a bucket, once per revision. Raises TrialRefused."""
    asked = Trial(created_by=actor, task=task, instruction=task.instruction, language=task.language)
    return _start(asked, revisions)


def try_instruction(
    *,
    actor: User,
    revisions: Sequence[PipelineRevision],
    instruction: str,
    language: str,
    pictures: Sequence[Picture] = (),
) -> list[Trial]:
    """What was typed, and pictures that were decoded and encoded anew. Raises TrialRefused."""
    asked = Trial(created_by=actor, instruction=instruction, language=language)
    with removed_on_failure() as written, transaction.atomic():
        images = _stored(pictures, written)
        return _start(asked, revisions, images)


@transaction.atomic
def give_up_trials(*, actor: User, trials: Sequence[Trial]) -> int:
    """What waits or runs is cancelled; returns how many. A worker that is at one writes no more."""
    given_up = Trial.objects.filter(_is_open(), pk__in=[trial.pk for trial in trials])
    count = given_up.update(state=AnswerState.CANCELLED, lease_until=None, finished_at=Now())
    if count:
        record(actor, "trial.given_up", trials[0], trials=count)
    return count


def fail_unserved_trials() -> int:
    """What the sweeper does with those that no worker takes; returns how many. A person is waiting, so not for ever."""
    unserved = Trial.objects.filter(_is_left(), created_at__lt=Now() - LONGEST_WAIT)
    locked = list(unserved.select_for_update(skip_locked=True).values_list("pk", flat=True))
    message = "No worker took it within an hour. The page of workers says which queues they listen to."
    return Trial.objects.filter(pk__in=locked).update(
        state=AnswerState.FAILED,
        error_kind=FailureKind.TIMEOUT,
        error=message,
        lease_until=None,
        finished_at=Now(),
    )


@transaction.atomic
def _start(asked: Trial, revisions: Sequence[PipelineRevision], images: Sequence[int] = ()) -> list[Trial]:
    User.objects.select_for_update(no_key=True).get(pk=asked.created_by_id)  # two requests at once count in turn
    open_now = Trial.objects.filter(_is_open(), created_by=asked.created_by).count()
    if open_now + len(revisions) > MOST_OPEN:
        raise TrialRefused(
            _("Your earlier trials are still waiting for a worker. Try again when they are done, or give them up.")
        )
    together = uuid4()
    trials = []
    for revision in revisions:
        trial = Trial(
            together=together,
            created_by=asked.created_by,
            revision=revision,
            task=asked.task,
            instruction=asked.instruction,
            language=asked.language,
        )
        trial.queue = queue_of(trial)
        trial.save()
        TrialPicture.objects.bulk_create(
            [TrialPicture(trial=trial, image_id=pk, position=place) for place, pk in enumerate(images, start=1)]
        )
        trials.append(trial)
        record(asked.created_by, "trial.started", trial, revision=revision.sha256)
    wake_for_trials()
    return trials


def _stored(pictures: Sequence[Picture], written: list[str]) -> list[int]:
    """Primary keys, in the order of `pictures`."""
    with TemporaryDirectory() as folder:
        stored = store_pictures([StagedPicture.written(picture, Path(folder)) for picture in pictures], written)
    return [stored[picture.sha256] for picture in pictures]


def wake_for_trials() -> None:
    """After commit: one message to the workers of the playground. A hint, as all messages are."""

    def publish() -> None:
        current_app.send_task(
            "generation.try_task", queue="live", expires=HINT_SECONDS, retry_policy={"max_retries": 1}
        )

    transaction.on_commit(publish, robust=True)


def wake_for_waiting_trials() -> None:
    """What the sweeper does: a message for those that nobody is at."""
    if Trial.objects.filter(_is_left()).exists():
        wake_for_trials()


def _is_left() -> Q:
    return Q(state=AnswerState.WAITING) | Q(state=AnswerState.RUNNING, lease_until__lt=Now())


def _is_open() -> Q:
    return Q(state__in=[AnswerState.WAITING, AnswerState.RUNNING])
