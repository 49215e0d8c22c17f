"""What people may do with a training, and what its processes do with the row."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from apps.pipelines.queries import step_summaries
from apps.pipelines.tests.makers import make_revision
from apps.training.models import TrainedModel, Training, TrainingPoint, TrainingState
from apps.training.queries import latest_model, milliseconds_left, uses_of
from apps.training.services import (
    TrainingRefused,
    cancel_training,
    recheck_recipe,
    register_model,
    start_training,
    write_recipe,
)
from apps.training.services.claims import claim_training, fail_training, give_back, held, hold, write_report
from apps.training.services.registry import NoModel
from apps.training.tests.makers import RECIPE, make_folder, make_model, make_training
from inference.errors import SpecError
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from conftest import Cast

A_DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def state_of(training: Training) -> str:
    training.refresh_from_db()
    return training.state


def lose(training: Training) -> None:
    Training.objects.filter(pk=training.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_recipe_is_checked_before_it_may_start(cast: Cast) -> None:
    training = write_recipe(actor=cast.researcher, source=RECIPE)
    assert (training.name, training.stages, training.state) == ("tiny", 2, TrainingState.CHECKING)
    with pytest.raises(TrainingRefused, match="can't be started now"):
        start_training(actor=cast.researcher, training=training)
    claimed = claim_training(to_check=True, worker="a:1")
    assert claimed is not None
    assert claim_training(to_check=True, worker="b:2") is None, "one process at a time"
    assert claim_training(to_check=False, worker="b:2") is None, "nothing is to be trained yet"
    fail_training(claimed, "rows.jsonl, row 3: no answer")
    with pytest.raises(TrainingRefused):
        start_training(actor=cast.researcher, training=training)
    recheck_recipe(actor=cast.researcher, training=training)
    assert state_of(training) == TrainingState.CHECKING


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        (RECIPE.replace("./rows.jsonl, kind", "../../etc/rows.jsonl, kind"), "stages.1"),
        (RECIPE.replace("./labels.jsonl", "/etc/labels.jsonl"), "stages.0"),
        (RECIPE.replace("source: ./llm", "source: /srv/llm"), "model.llm.source"),
        (RECIPE.replace("evaluation: {path: .", "evaluation: {path: ./.."), "evaluation.path"),
        (RECIPE.replace("batch_size: 2", "batchsize: 2"), "stages.1.batchsize"),
    ],
)
def test_a_recipe_that_reads_outside_the_model_folder_or_is_wrong_is_refused(
    cast: Cast, changed: str, key: str
) -> None:
    with pytest.raises(SpecError) as told:
        write_recipe(actor=cast.researcher, source=changed)
    assert key in [problem.key for problem in told.value.problems]
    assert Training.objects.count() == 0


def test_a_lost_process_is_followed_by_another_and_writes_no_more(cast: Cast) -> None:
    training = make_training(cast.researcher, state=TrainingState.READY)
    start_training(actor=cast.researcher, training=training)
    first = claim_training(to_check=False, worker="a:1")
    assert first is not None
    assert state_of(training) == TrainingState.RUNNING
    lose(training)
    second = claim_training(to_check=False, worker="b:2")
    assert second is not None
    assert (second.attempt, second.losses) == (2, 1)
    fail_training(first, "too late")
    assert state_of(training) == TrainingState.RUNNING
    give_back(second)
    assert state_of(training) == TrainingState.WAITING


def test_a_process_lost_again_and_again_without_a_checkpoint_fails_the_training(cast: Cast) -> None:
    training = make_training(cast.researcher, state=TrainingState.WAITING)
    for _ in range(3):
        assert claim_training(to_check=False, worker="a:1") is not None
        lose(training)
    assert claim_training(to_check=False, worker="a:1") is None
    assert state_of(training) == TrainingState.FAILED
    assert "smaller batch_size" in training.error


def test_cancelling_leaves_what_was_learned_and_starting_goes_on_or_over(cast: Cast) -> None:
    training = make_training(cast.researcher, state=TrainingState.WAITING)
    claimed = claim_training(to_check=False, worker="a:1")
    assert claimed is not None
    assert cancel_training(actor=cast.researcher, training=training)
    assert not hold(claimed).exists(), "its process sees that nobody wants it"
    start_training(actor=cast.researcher, training=training)
    assert (state_of(training), training.step, training.again) == (TrainingState.WAITING, 20, False)
    assert training.points.exists()
    cancel_training(actor=cast.researcher, training=training)
    start_training(actor=cast.researcher, training=training, again=True)
    assert (state_of(training), training.step, training.again) == (TrainingState.WAITING, 0, True)
    assert not training.points.exists()


def test_one_training_of_a_name_and_none_under_the_name_of_a_model(cast: Cast) -> None:
    make_training(cast.researcher, state=TrainingState.RUNNING)
    second = make_training(cast.outsider, state=TrainingState.READY)
    with pytest.raises(TrainingRefused, match="is being trained already"):
        start_training(actor=cast.outsider, training=second)
    make_model("other")
    named = make_training(cast.researcher, name="other", state=TrainingState.READY)
    with pytest.raises(TrainingRefused, match="Give the new one another name"):
        start_training(actor=cast.researcher, training=named)


def test_the_time_left_follows_the_pace_of_the_last_points(cast: Cast) -> None:
    training = make_training(cast.researcher)
    training.started_at = timezone.now()
    TrainingPoint.objects.create(training=training, place=2, stage="say", step=1, loss=9, at=timezone.now() - A_DAY)
    for point in training.points.filter(place=2, step__gt=1):
        point.at = timezone.now() + timedelta(seconds=point.step * 2)
        point.save()
    assert milliseconds_left(training) == pytest.approx(40_000, rel=0.01)  # 20 steps of 2 s


def test_other_weights_under_a_name_are_another_model_and_revisions_are_told(cast: Cast, tmp_path: Path) -> None:
    spec = {"models": {"vlm": {"engine": "transformers", "source": "./vlm/tiny"}}}
    first = register_model(actor=cast.researcher, folder=make_folder(tmp_path / "tiny", b"one"))
    before = make_revision(cast.researcher, name="Before", spec=spec)
    assert [(use.revision, use.is_older) for use in uses_of(cast.researcher, first)] == [(before, False)]
    second = register_model(actor=None, folder=make_folder(tmp_path / "tiny", b"two"))
    after = make_revision(cast.researcher, name="After", spec=spec)
    found = {use.revision: use.is_older for use in uses_of(cast.researcher, second)}
    assert found == {after: False, before: True}
    assert latest_model(cast.researcher, "tiny") == second
    again = register_model(actor=None, folder=make_folder(tmp_path / "tiny", b"one"))
    assert (again, TrainedModel.objects.count()) == (first, 2)
    assert latest_model(cast.researcher, "tiny") == first, "the weights that lie there now"
    assert latest_model(cast.assessor, "tiny") is None


def test_a_lora_is_written_below_its_base_and_its_revisions_are_found(cast: Cast, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "fine", b"update")
    (folder / "adapter_config.json").write_text("{}")
    (folder / "card.json").write_text(json.dumps({"recipe": {"model": {"name": "fine\x00", "base": "./vlm/tiny"}}}))
    model = register_model(actor=None, folder=folder)
    assert (model.written, model.card["recipe"]["model"]["name"]) == ("./vlm/tiny, lora: ./vlm/fine", "fine")
    named = {"engine": "transformers", "source": "./vlm/tiny", "lora": model.source}
    steps = [{"id": "answer", "uses": "direct", "model": "vlm", "in": {}}]
    revision = make_revision(cast.researcher, spec={"models": {"vlm": named}, "steps": steps})
    assert [use.revision for use in uses_of(cast.researcher, model)] == [revision]
    [step] = step_summaries(revision)
    assert (step.card, step.lora_card) == ("tiny", "fine")


def test_a_row_with_nul_or_half_a_character_can_be_told_of(cast: Cast) -> None:
    training = make_training(cast.researcher)
    write_report(training, {"stages": [{"preview": ["a\x00b \ud800c"]}]})
    fail_training(training, "row 3: \x00")
    assert state_of(training) == TrainingState.FAILED
    assert (training.report["stages"][0]["preview"], training.error) == (["ab c"], "row 3: ")


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_check_ends_at_once_and_a_training_has_time(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    settings.TRAINING_LEASE_SECONDS = 0.3
    monkeypatch.setattr("os._exit", ended.append)
    for state, ends in ((TrainingState.WAITING, []), (TrainingState.CHECKING, [0])):
        training = make_training(cast.researcher, state=state, name=state.value)
        claimed = claim_training(to_check=state == TrainingState.CHECKING, worker="a:1")
        assert claimed is not None
        with held(claimed) as is_unwanted:
            cancel_training(actor=cast.researcher, training=training)
            wait_until(is_unwanted)
            wait_until(lambda: ended[:1] == ends)  # noqa: B023 (called here)


def test_a_folder_without_weights_or_card_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="no weights"):
        register_model(actor=None, folder=tmp_path / "nowhere")
    (make_folder(tmp_path / "tiny", b"one") / "card.json").write_text("[")
    with pytest.raises(NoModel, match=r"card\.json"):
        register_model(actor=None, folder=tmp_path / "tiny")
