"""The playground's work: served between batches, step by step, by whoever may; nothing is lost and nothing doubled."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.buckets.pictures.encoding import encode_picture
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState, Trial
from apps.generation.services import (
    TrialRefused,
    answer_trials,
    drain_run,
    give_up_trials,
    sweep_leases,
    try_instruction,
    try_task,
)
from apps.generation.services.pulse import QUEUES_VARIABLE
from apps.generation.services.resident import resident_runner
from apps.generation.services.trying import claim_trial
from apps.generation.tests.runners import TestRunner
from apps.generation.tests.test_drain import make_waiting_run
from apps.pipelines.tests.makers import make_revision
from inference.contracts import Outcome, StepRecord
from inference.tests.makers import make_picture

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def start(cast: Cast, instruction: str = "What is it?", spec: dict[str, object] | None = None) -> Trial:
    revision = make_revision(cast.researcher, name=f"Tried {Trial.objects.count()}", spec=spec)
    [trial] = try_instruction(actor=cast.researcher, revisions=[revision], instruction=instruction, language="en")
    return trial


def runner_of(trial: Trial) -> TestRunner:
    runner = resident_runner(trial.revision)
    assert isinstance(runner, TestRunner)
    return runner


def serve(trial: Trial) -> Trial:
    answer_trials(worker="here:1")
    trial.refresh_from_db()
    return trial


def test_a_task_goes_through_two_revisions_with_the_chances_of_a_run(cast: Cast) -> None:
    task = make_bucket(cast.researcher, tasks=1, images=2).tasks.get()
    revisions = [make_revision(cast.researcher, name=name) for name in ("A", "B")]
    started = try_task(actor=cast.researcher, revisions=revisions, task=task)
    answer_trials(worker="here:1")
    trials = Trial.objects.filter(together=started[0].together).order_by("pk")
    assert [(trial.state, trial.revision.pipeline.name) for trial in trials] == [("done", "A"), ("done", "B")]
    [[asked]] = runner_of(trials[1]).batches
    assert (asked.id, len(asked.images)) == (task.key, 2)
    assert trials[0].trace[0]["seed"] == 0
    assert AuditEvent.objects.filter(verb="trial.started").count() == 2


def test_what_was_typed_comes_with_its_pictures_in_their_order(cast: Cast, tmp_path: Path) -> None:
    words = ["Open", "Shut", "Open"]
    pictures = [encode_picture(make_picture(tmp_path / "a.png", word).read_bytes(), "a.png") for word in words]
    revision = make_revision(cast.researcher)
    try_instruction(actor=cast.researcher, revisions=[revision], instruction="Read", language="en", pictures=pictures)
    trial = serve(Trial.objects.get())
    [[asked]] = runner_of(trial).batches
    assert [path.read_bytes() for path in asked.images] == [picture.data for picture in pictures]
    assert (trial.text or "").startswith("Read by ")


@dataclass
class TwoSteps:
    """Each step remembers what the row showed when it began."""

    seen: list[int] = field(default_factory=list)
    needs_model: bool = False

    @property
    def is_done(self) -> bool:
        return len(self.seen) == 2

    def advance(self) -> None:
        self.seen.append(len(Trial.objects.get().trace) if self.needs_model else -1)
        self.needs_model = True

    def outcomes(self) -> list[Outcome]:
        step = StepRecord(step="a", uses="x", input={}, output="said", latency_ms=1)
        return [Outcome("playground", "said" if self.is_done else None, None, (step,) * len(self.seen))]


def test_the_trace_appears_step_by_step(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    trial, batch = start(cast), TwoSteps()
    monkeypatch.setattr(TestRunner, "start", lambda *_, **__: batch)
    assert serve(trial).text == "said"
    assert batch.seen == [-1, 1]
    assert len(trial.trace) == 2


@pytest.mark.django_db(transaction=True)
def test_a_trial_does_not_wait_behind_a_long_run(cast: Cast) -> None:
    run = make_waiting_run(cast, *(["Question?"] * 12))
    trial = start(cast)
    drain_run(run_public_id=run.public_id, worker="here:1")
    trial.refresh_from_db()
    assert trial.state == AnswerState.DONE
    assert run.answers.filter(state=AnswerState.WAITING).count() == 8


@pytest.mark.parametrize(
    ("instruction", "spec", "kind", "message"),
    [
        ("What?", {"unloadable": "no such folder: x"}, "model", "no such folder: x"),
        ("What?", {"unavailable": "the server is gone"}, "model", "the server is gone"),
        ("unreadable picture", None, "input", "unreadable: unreadable picture"),
        ("raise an error", None, "bug", "RuntimeError: the runner fell over"),
    ],
)
def test_a_failure_shows_its_cause(
    cast: Cast, instruction: str, spec: dict[str, object] | None, kind: str, message: str
) -> None:
    trial = serve(start(cast, instruction, spec))
    assert (trial.state, trial.error_kind, trial.error) == (AnswerState.FAILED, kind, message)


def test_a_lost_worker_costs_one_more_try_and_then_says_so(cast: Cast) -> None:
    trial = start(cast)
    for _ in range(2):
        assert claim_trial(worker="gone:1") is not None
        assert claim_trial(worker="here:1") is None
        Trial.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert serve(trial).error_kind == "worker_lost"


def test_a_worker_that_comes_too_late_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    trial, batch = start(cast), TwoSteps(needs_model=True)
    monkeypatch.setattr(TestRunner, "start", lambda *_, **__: batch)
    taken_over = batch.advance

    def advance() -> None:
        taken_over()
        Trial.objects.update(attempt=9, text=None)

    monkeypatch.setattr(batch, "advance", advance)
    assert (serve(trial).state, trial.text, trial.trace) == (AnswerState.RUNNING, None, [])


def test_a_worker_without_the_hardware_leaves_it_to_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    model: dict[str, object] = {"models": {"llm": {"engine": "transformers", "source": "./x"}}}
    trial = start(cast, spec=model)
    for queues, state in (("cpu,control", "waiting"), ("cpu,gpu", "done")):
        monkeypatch.setenv(QUEUES_VARIABLE, queues)
        assert serve(trial).state == state


def test_nobody_fills_the_queue_with_trials(cast: Cast) -> None:
    for _ in range(6):
        start(cast)
    with pytest.raises(TrialRefused, match="still waiting"):
        start(cast)
    assert Trial.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_count_in_turn(cast: Cast) -> None:
    for _ in range(5):
        start(cast)
    revision, refused = make_revision(cast.researcher, name="Late"), []

    def ask() -> None:
        try:
            try_instruction(actor=cast.researcher, revisions=[revision], instruction="?", language="en")
        except TrialRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    late = threading.Thread(target=ask)
    with transaction.atomic():
        start(cast)
        late.start()
        late.join(0.3)
    late.join(5)
    assert (len(refused), Trial.objects.count()) == (1, 6)


def test_a_trial_that_no_worker_takes_within_an_hour_fails(cast: Cast) -> None:
    fresh, given_up, _ = (start(cast) for _ in range(3))
    give_up_trials(actor=cast.researcher, trials=[given_up])
    Trial.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(minutes=61))
    sweep_leases()
    states = list(Trial.objects.order_by("pk").values_list("state", "error_kind"))
    assert states == [("waiting", ""), ("cancelled", ""), ("failed", "timeout")]


def test_what_is_given_up_while_a_worker_is_at_it_stays_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    trial, batch = start(cast), TwoSteps(needs_model=True)
    monkeypatch.setattr(TestRunner, "start", lambda *_, **__: batch)
    monkeypatch.setattr(batch, "advance", lambda: batch.seen.append(give_up_trials(actor=cast.admin, trials=[trial])))
    assert (serve(trial).state, trial.text, batch.seen) == (AnswerState.CANCELLED, None, [1, 0])
