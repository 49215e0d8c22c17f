"""A training on real workers that are killed."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file

from apps.training.models import Training, TrainingState
from apps.training.services import start_training, write_recipe
from apps.training.tests.vlm_recipes import write_data
from inference.vlm.recipe import parse_recipe
from inference.vlm.training.run import train
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from conftest import Cast, StartWorker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]
ENVIRONMENT = {"TRAINING_LEASE_SECONDS": "6", "GENERATION_SWEEP_SECONDS": "0.5"}


def test_kill_9_of_worker_and_process_costs_a_training_nothing(
    cast: Cast, live_worker: StartWorker, tmp_path: Path, settings: Settings
) -> None:
    whole, settings.MODEL_DIR = tmp_path / "whole", tmp_path / "models"
    for folder in (whole, settings.MODEL_DIR):
        folder.mkdir()
        source = write_data(folder, steps=120)
    training = write_recipe(actor=cast.researcher, source=source)
    Training.objects.update(state=TrainingState.READY, report={"is_sound": True})
    worker = live_worker(queues="gpu,control", **ENVIRONMENT)
    start_training(actor=cast.researcher, training=training)

    wait_until(lambda: Training.objects.filter(stage="say", saved_step__gte=5).exists())
    training.refresh_from_db()
    worker.process.kill()
    os.kill(int(training.worker.rpartition(":")[2]), signal.SIGKILL)
    training.refresh_from_db()
    assert training.state == TrainingState.RUNNING, "it was killed in the middle"

    live_worker(queues="gpu,control", **ENVIRONMENT)
    train(parse_recipe(source), whole, lambda facts: None, device="cpu")  # meanwhile, undisturbed
    wait_until(lambda: Training.objects.filter(state=TrainingState.DONE).exists())
    training.refresh_from_db()
    assert training.attempt > 1
    ours, theirs = (load_file(folder / "vlm" / "tiny" / "model.safetensors") for folder in (settings.MODEL_DIR, whole))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
