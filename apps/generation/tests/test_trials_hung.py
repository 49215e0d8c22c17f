"""A trial whose step hangs in the thread beside."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from apps.generation.models import AnswerState
from apps.generation.services import answer_trials
from apps.generation.services.resident import EXIT_UNUSABLE
from apps.generation.tests.runners import TestRunner
from apps.generation.tests.test_trials import TwoSteps, start

if TYPE_CHECKING:
    from conftest import Cast

pytestmark = pytest.mark.django_db


def test_a_step_that_hangs_beside_ends_the_process(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would hold up all steps without a model from now on. The time limit comes as a signal, as in a worker."""
    monkeypatch.setattr(os, "_exit", sys.exit)
    trial, batch, over = start(cast), TwoSteps(), threading.Event()

    def time_is_over(*_: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGUSR2, time_is_over)

    def hang() -> None:
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGUSR2)
        over.wait(10)

    monkeypatch.setattr(batch, "advance", hang)
    monkeypatch.setattr(TestRunner, "start", lambda *_, **__: batch)
    try:
        with pytest.raises(SystemExit, match=str(EXIT_UNUSABLE)):
            answer_trials(worker="here:1")
    finally:
        over.set()
        signal.signal(signal.SIGUSR2, before)
    trial.refresh_from_db()
    assert (trial.state, trial.error_kind) == (AnswerState.FAILED, "timeout")
