"""What a training process does, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.training.models import Training, TrainingState
from apps.training.services import cancel_training, claims, start_training, work, write_recipe
from apps.training.tests.makers import make_training
from apps.training.tests.vlm_recipes import write_data
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def model_dir(tmp_path: Path, settings: Settings) -> Path:
    settings.MODEL_DIR = tmp_path
    return tmp_path


def wanted_for(times: int, then: Callable[[], object] = lambda: None) -> Callable[[], bool]:
    """`is_unwanted` of a process that is told to stop when it asks for the n-th time."""
    asked = iter(range(1, 1_000_000))

    def is_unwanted() -> bool:
        number = next(asked)
        if number == times:
            then()
        return number >= times

    return is_unwanted


def check_next() -> Training:
    claimed = claims.claim_training(to_check=True, worker="a:1")
    assert claimed is not None
    work.check_recipe(claimed, wanted_for(1000))
    claimed.refresh_from_db()
    return claimed


def train_next(is_unwanted: Callable[[], bool]) -> Training:
    claimed = claims.claim_training(to_check=False, worker="a:1")
    assert claimed is not None
    work.train_recipe(claimed, is_unwanted)
    claimed.refresh_from_db()
    return claimed


def begin(cast: Cast, source: str) -> Training:
    """Checked and started."""
    write_recipe(actor=cast.researcher, source=source)
    training = check_next()
    assert training.state == TrainingState.READY, training.error
    start_training(actor=cast.researcher, training=training)
    return training


def test_a_checked_recipe_is_trained_on_after_its_process_was_stopped(cast: Cast, model_dir: Path) -> None:
    training = begin(cast, write_data(model_dir, steps=20))
    [see, say] = training.report["stages"]
    assert (see["samples"], say["samples"], say["fits"]) == (2, 2, True)
    assert any("【red" in line for line in say["preview"])

    training = train_next(wanted_for(15))  # the first stage has 5 steps
    assert (training.state, training.stage) == (TrainingState.WAITING, "say")
    stopped_at = training.saved_step
    assert 0 < stopped_at < 20

    training = train_next(wanted_for(1000))
    assert (training.state, training.step, training.error) == (TrainingState.DONE, 20, "")
    assert training.model is not None
    assert training.model.card["evaluation"]["questions"] == 4
    assert training.model.made_by == cast.researcher
    rights = training.points.filter(place=2, right__isnull=False).values_list("step", flat=True)
    assert {0, stopped_at, 20} <= set(rights)
    samples = list(training.samples.all())
    assert {sample.expected for sample in samples} == {"red", "blue", "one", "two"}
    assert [said["step"] for said in samples[0].said][-1] == 20
    assert samples[0].picture is not None
    assert bytes(samples[0].picture)[:4] == b"\x89PNG"


def test_cancelling_stops_at_a_checkpoint_and_bad_rows_are_named(cast: Cast, model_dir: Path) -> None:
    source = write_data(model_dir, steps=20)
    training = begin(cast, source)
    training = train_next(wanted_for(3, lambda: cancel_training(actor=cast.researcher, training=training)))
    assert training.state == TrainingState.CANCELLED
    assert list((model_dir / "vlm" / ".work" / "tiny" / "see").glob("checkpoint-*"))

    with (model_dir / "rows.jsonl").open("a") as rows:
        rows.write('{"image": "green.png", "instruction": "what is this", "answer": "green"}\n')
    write_recipe(actor=cast.researcher, source=source)
    bad = check_next()
    assert bad.state == TrainingState.FAILED
    assert "rows.jsonl, row 5" in bad.error
    assert [stage["id"] for stage in bad.report["stages"]] == ["see", "say"]


@pytest.mark.django_db(transaction=True)
def test_a_process_notices_that_its_worker_is_gone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.TRAINING_LEASE_SECONDS = 1
    make_training(cast.researcher, state=TrainingState.WAITING)
    training = claims.claim_training(to_check=False, worker="a:1")
    assert training is not None
    with claims.held(training) as is_unwanted:
        first = training.lease_until
        wait_until(lambda: Training.objects.get().lease_until != first)
        assert not is_unwanted()
        monkeypatch.setattr("os.getppid", lambda: 1)
        wait_until(is_unwanted)
