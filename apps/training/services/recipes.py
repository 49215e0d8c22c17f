"""What people do with trainings: write a recipe, start it, stop it, go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.training.models import TO_DO, Training, TrainingState
from apps.training.services.names import reason_against_name
from apps.training.services.wake import wake_trainers
from inference.errors import SpecError, SpecProblem
from inference.vlm.recipe import parse_recipe

if TYPE_CHECKING:
    from apps.accounts.models import User
    from inference.vlm.recipe import Recipe

STARTABLE = (TrainingState.READY, TrainingState.FAILED, TrainingState.CANCELLED)


class TrainingRefused(Exception):
    """A training that can't be started; the message is for the person who asked."""


@transaction.atomic
def write_recipe(*, actor: User, source: str) -> Training:
    """A recipe that a worker checks: nothing is trained before its writer has seen what it reads and needs.

    Raises SpecError.
    """
    recipe = read_new_recipe(actor, source)
    training = Training.objects.create(
        name=recipe.model.name, source=source, stages=len(recipe.stages), created_by=actor
    )
    record(actor, "training.written", training, model=training.name)
    wake_trainers()
    return training


def read_web_recipe(source: str) -> Recipe:
    """Whoever may write here may read the model folder, and nothing outside. Raises SpecError."""
    recipe = parse_recipe(source)
    if outside := recipe.outside(settings.MODEL_DIR):
        raise SpecError([_outside(key, path, source) for key, path in outside])
    return recipe


def read_new_recipe(actor: User, source: str) -> Recipe:
    """One that `actor` may train: its model's name is free too. Raises SpecError."""
    recipe = read_web_recipe(source)
    if reason := reason_against_name(recipe.model.name, actor):
        raise SpecError([SpecProblem(line=_line_of(recipe.model.name, source), key="model.name", message=reason)])
    return recipe


def _outside(key: str, path: str, source: str) -> SpecProblem:
    message = _("Models and data lie in the model folder: begin the path with “./”, without “..”.")
    return SpecProblem(line=_line_of(path, source), key=key, message=message)


def _line_of(words: str, source: str) -> int:
    """The first that holds them and is no comment; 1 where they are written another way."""
    lines = enumerate(source.splitlines(), 1)
    return next((number for number, line in lines if words in line and not line.startswith("#")), 1)


@transaction.atomic
def start_training(*, actor: User, training: Training, again: bool = False) -> None:
    """Start, or go on at the last checkpoint; `again` forgets what was trained before. Raises TrainingRefused."""
    startable = Training.objects.filter(pk=training.pk, state__in=STARTABLE, report__is_sound=True)
    facts = {"again": again, "losses": 0, "lease_until": None, "error": "", "finished_at": None}
    try:
        with transaction.atomic():
            is_started = startable.update(state=TrainingState.WAITING, **facts)
    except IntegrityError:
        raise TrainingRefused(_("A model “%(name)s” is being trained already.") % {"name": training.name}) from None
    if not is_started:
        raise TrainingRefused(_("It can't be started now: see its state."))
    if reason := reason_against_name(training.name, training.created_by):
        raise TrainingRefused(reason)
    if again:
        training.points.all().delete()
        training.samples.all().delete()
        Training.objects.filter(pk=training.pk).update(stage="", place=0, step=0, steps=0, saved_step=0)
    record(actor, "training.started", training, model=training.name, again=again)
    wake_trainers()


@transaction.atomic
def recheck_recipe(*, actor: User, training: Training) -> None:
    """Once more, where the check itself failed: data were mended, memory is free. Raises TrainingRefused."""
    failed = Training.objects.filter(pk=training.pk, state__in=STARTABLE, started_at=None)
    facts: dict[str, Any] = {"losses": 0, "lease_until": None, "error": "", "report": {}, "finished_at": None}
    if not failed.update(state=TrainingState.CHECKING, **facts):
        raise TrainingRefused(_("It can't be checked now: see its state."))
    record(actor, "training.rechecked", training)
    wake_trainers()


@transaction.atomic
def cancel_training(*, actor: User, training: Training) -> bool:
    """Whether there was something to cancel. Its process stops after the step it is at; checkpoints are kept."""
    cancellable = Training.objects.filter(pk=training.pk, state__in=[*TO_DO, TrainingState.READY])
    is_cancelled = bool(cancellable.update(state=TrainingState.CANCELLED, lease_until=None, finished_at=Now()))
    if is_cancelled:
        record(actor, "training.cancelled", training)
    return is_cancelled
