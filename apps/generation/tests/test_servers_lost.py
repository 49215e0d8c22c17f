"""PostgreSQL and Valkey go away under a worker and come back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from apps.accounts.tests.makers import make_user
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, Worker, WorkerState
from apps.generation.queries import check_run
from apps.generation.services import start_run
from apps.generation.tests.faults import ENVIRONMENT, busy_process, wait_for
from apps.pipelines.tests.makers import make_revision
from tests.live_worker import start_live_worker
from tests.own_servers import own_servers
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.plugin import DjangoDbBlocker

    from apps.accounts.models import User
    from apps.generation.models import Run
    from tests.own_servers import OwnServers

pytestmark = pytest.mark.worker
BROKER_AWAY_S = 10


@pytest.fixture
def servers(django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[OwnServers]:
    """With one worker."""
    with django_db_blocker.unblock(), own_servers() as started:
        # A lease outlasts the restart: whatever is then lost, the restart has lost, not the sweeper.
        environment = {**ENVIRONMENT, **started.environment, "GENERATION_LEASE_SECONDS": "20"}
        worker = start_live_worker(tmp_path / "worker.log", queues="gpu,cpu,live,control", env=environment, ready=False)
        wait_until(Worker.objects.exists)
        yield started
        worker.process.kill()
        worker.process.wait(20)


def begin(person: User, name: str, tasks: int) -> Run:
    revision = make_revision(person, name=name, spec={"seconds": 0.7, "passes": 2, "name": name})
    bucket = make_bucket(person, name=name, tasks=tasks)
    return start_run(actor=person, bucket=bucket, revision=revision)


def test_a_database_restarts_and_a_broker_is_gone_for_ten_seconds_and_forgets_all(servers: OwnServers) -> None:
    person = make_user("person@example.org", role="researcher")
    under_way = begin(person, "Under way", 16)
    busy_process(under_way)
    servers.stop_broker()
    gone = time.monotonic()
    started_meanwhile = begin(person, "Started meanwhile", 4)
    servers.restart_database()

    wait_for(under_way)
    ended = Answer.objects.filter(run=under_way)
    assert set(ended.values_list("state", "attempt", "failures")) == {(AnswerState.DONE, 1, 0)}, "the text was kept"
    wait_until(lambda: Worker.objects.filter(state=WorkerState.IDLE).exists())
    time.sleep(max(0.0, gone + BROKER_AWAY_S - time.monotonic()))
    assert set(started_meanwhile.answers.values_list("state", flat=True)) == {AnswerState.WAITING}
    servers.start_broker()
    wait_for(started_meanwhile)
    assert set(started_meanwhile.answers.values_list("state", "attempt")) == {(AnswerState.DONE, 1)}
    assert all(invariant.holds for run in (under_way, started_meanwhile) for invariant in check_run(run))
