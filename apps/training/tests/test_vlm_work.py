"""What a training process does, in this process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from apps.training.models import Training, TrainingState
from apps.training.services import cancel_training, claims, start_training, work, write_recipe
from apps.training.tests.vlm_recipes import write_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def model_dir(tmp_path: Path, settings: Settings) -> Path:
    settings.MODEL_DIR = tmp_path
    return tmp_path


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Something happens when the process asks for the n-th time whether it is still wanted; without its thread."""

    def arrange(times: int, happen: Callable[[], object]) -> None:
        @contextmanager
        def held(training: Training) -> Iterator[Callable[[], bool]]:
            left = [times]

            def is_unwanted() -> bool:
                left[0] -= 1
                if left[0] == 0:
                    happen()
                return left[0] <= 0

            yield is_unwanted

        monkeypatch.setattr(work, "held", held)

    return arrange


def nothing() -> None:
    pass


def begin(cast: Cast, source: str) -> Training:
    """Checked and started."""
    training = write_recipe(actor=cast.researcher, source=source)
    assert work.check_next(worker="a:1")
    training.refresh_from_db()
    assert training.state == TrainingState.READY, training.error
    start_training(actor=cast.researcher, training=training)
    return training


def test_a_checked_recipe_is_trained_on_after_its_process_was_stopped(
    cast: Cast, model_dir: Path, after: Callable[[int, Callable[[], object]], None]
) -> None:
    after(100, nothing)
    training = begin(cast, write_data(model_dir, steps=20))
    [see, say] = training.report["stages"]
    assert (see["samples"], say["samples"], say["fits"]) == (2, 2, True)
    assert any("【red" in line for line in say["preview"])

    after(15, nothing)  # the first stage has 5 steps
    assert work.train_next(worker="a:1")
    training.refresh_from_db()
    assert (training.state, training.stage) == (TrainingState.WAITING, "say")
    stopped_at = training.saved_step
    assert 0 < stopped_at < 20

    after(1000, nothing)
    assert work.train_next(worker="b:2")
    training.refresh_from_db()
    assert (training.state, training.step, training.error) == (TrainingState.DONE, 20, "")
    assert training.model is not None
    assert training.model.card["evaluation"]["questions"] == 4
    assert training.model.made_by == cast.researcher
    rights = training.points.filter(place=2, right__isnull=False).values_list("step", flat=True)
    assert {0, stopped_at, 20} <= set(rights)
    samples = list(training.samples.all())
    assert {sample.expected for sample in samples} == {"red", "blue", "one", "two"}
    assert [said["step"] for said in samples[0].said][-1] == 20
    assert bytes(samples[0].picture)[:4] == b"\x89PNG"


def test_cancelling_stops_at_a_checkpoint_and_bad_rows_are_named(
    cast: Cast, model_dir: Path, after: Callable[[int, Callable[[], object]], None]
) -> None:
    after(100, nothing)
    source = write_data(model_dir, steps=20)
    training = begin(cast, source)
    after(3, lambda: cancel_training(actor=cast.researcher, training=training))
    assert work.train_next(worker="a:1")
    training.refresh_from_db()
    assert training.state == TrainingState.CANCELLED
    assert list((model_dir / "vlm" / ".work" / "tiny" / "see").glob("checkpoint-*"))

    with (model_dir / "rows.jsonl").open("a") as rows:
        rows.write('{"image": "green.png", "instruction": "what is this", "answer": "green"}\n')
    after(100, nothing)
    bad = write_recipe(actor=cast.researcher, source=source)
    assert work.check_next(worker="a:1")
    bad.refresh_from_db()
    assert bad.state == TrainingState.FAILED
    assert "rows.jsonl, row 5" in bad.error
    assert [stage["id"] for stage in bad.report["stages"]] == ["see", "say"]


@pytest.mark.django_db(transaction=True)
def test_a_process_notices_that_its_worker_is_gone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    from apps.training.tests.makers import make_training

    settings.TRAINING_LEASE_SECONDS = 1
    make_training(cast.researcher, state=TrainingState.WAITING)
    training = claims.claim_training(to_check=False, worker="a:1")
    assert training is not None
    with claims.held(training) as is_unwanted:
        first = training.lease_until
        wait(lambda: Training.objects.get().lease_until != first)
        assert not is_unwanted()
        monkeypatch.setattr("os.getppid", lambda: 1)
        wait(is_unwanted)


def wait(condition: Callable[[], bool]) -> None:
    import time

    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
