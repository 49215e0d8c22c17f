"""What a training process does: check a recipe, or train one, by the very function that `manage.py vlm train` calls."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.functions import Now

from apps.training.models import TrainingState
from apps.training.services.claims import fail_training, give_back, hold, write_report
from apps.training.services.notes import Notes
from apps.training.services.recipes import read_web_recipe
from apps.training.services.registry import register_model
from inference.errors import BeingTrained, ModelUnavailable, NotANumber, SpecError, TrainingStopped
from inference.models.free_memory import gigabytes
from inference.models.weights import pick_device
from inference.vlm.build import build_vlm
from inference.vlm.describe import describe
from inference.vlm.training.check import check_stages
from inference.vlm.training.run import train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from apps.training.models import Training
    from inference.vlm.recipe import Recipe

logger = logging.getLogger(__name__)
TOLD = (ModelUnavailable, NotANumber, SpecError, OSError)  # their messages say what to do
PATIENCE = 60.0  # s, for a process of the same name that is at its last step
HELPS = "Use a smaller batch_size with accumulate, a smaller pack, lora in place of llm, or a larger machine."
NO_MEMORY = f"Memory ran out. {HELPS}"


def check_recipe(training: Training, is_unwanted: Callable[[], bool]) -> None:
    """One that this process claimed and holds."""
    problem = told(lambda: check(training, read_web_recipe(training.source), is_unwanted))
    end_check(training, problem)


def check(training: Training, recipe: Recipe, is_unwanted: Callable[[], bool]) -> str:
    """What keeps the recipe from being trained. The report grows as stages are read."""
    vlm = build_vlm(recipe.model, settings.MODEL_DIR)
    on = pick_device("auto")
    report: dict[str, Any] = {"parts": asdict(describe(vlm)), "device": str(on), "stages": []}
    write_report(training, report)
    for found in check_stages(vlm, recipe, settings.MODEL_DIR, on):
        report["stages"].append({**asdict(found), "fits": found.fits})
        write_report(training, report)
        if found.problem:
            return f"Stage {found.id}: {found.problem}"
        if not found.fits:
            need, free = gigabytes(found.needed_bytes), gigabytes(found.free_bytes)
            return f"Stage {found.id} can't fit: it needs about {need}, and {free} are free on {on}. {HELPS}"
        if is_unwanted():
            raise TrainingStopped("The check was stopped.")
    write_report(training, {**report, "is_sound": True})
    return ""


def end_check(training: Training, problem: str | None) -> None:
    """None: it was stopped, and another process may begin anew."""
    if problem is None:
        hold(training).update(lease_until=None)
    elif problem:
        fail_training(training, problem)
    else:
        hold(training).update(state=TrainingState.READY, lease_until=None)


def train_recipe(training: Training, is_unwanted: Callable[[], bool]) -> None:
    """One that this process claimed and holds, from its last checkpoint."""
    problem = told(lambda: train_whole(training, read_web_recipe(training.source), is_unwanted))
    if problem:
        fail_training(training, problem)


def train_whole(training: Training, recipe: Recipe, is_unwanted: Callable[[], bool]) -> str:
    notes = Notes(training, recipe)
    try:
        folder = train(
            recipe,
            settings.MODEL_DIR,
            notes.tell,
            again=training.again,
            stop=is_unwanted,
            saved=notes.saved,
            patience=PATIENCE,
        )
    except TrainingStopped:
        give_back(training)
    except BeingTrained as error:
        give_back(training, str(error))
    else:
        finish(training, folder)
    return ""


def finish(training: Training, folder: Path) -> None:
    maker = training.created_by
    model = register_model(actor=maker, folder=folder, maker=maker)
    hold(training).update(state=TrainingState.DONE, model=model, lease_until=None, error="", finished_at=Now())


def told(work: Callable[[], str]) -> str | None:
    """What went wrong, in words; None when the work was stopped."""
    try:
        return work()
    except TrainingStopped:
        return None
    except TOLD as error:
        return str(error)
    except MemoryError:
        return NO_MEMORY
    except Exception as error:
        logger.exception("a training process met an error")
        is_memory = type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)
        return NO_MEMORY if is_memory else f"{type(error).__name__}: {error} This is an error in the program."
