import time

import pytest

from conftest import StartWorker
from sbs_platform.celery import app

pytestmark = pytest.mark.worker


def test_a_live_worker_takes_messages_and_dies_when_killed(live_worker: StartWorker) -> None:
    worker = live_worker()
    app.send_task("generation.sweep")
    deadline = time.monotonic() + 20
    while "generation.sweep" not in worker.last_words() or "succeeded" not in worker.last_words():
        assert time.monotonic() < deadline, worker.last_words()
        time.sleep(0.1)
    worker.process.kill()
    assert worker.process.wait(5) == -9
