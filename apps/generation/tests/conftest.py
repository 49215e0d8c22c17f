from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery
from celery.app import app_or_default
from celery.signals import before_task_publish

from apps.buckets.tests.makers import make_bucket
from apps.generation.services import heartbeat
from apps.generation.services.resident import forget_runner
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast


@pytest.fixture
def hints() -> Iterator[list[str]]:
    """The public ids of the runs that workers were woken for, in order."""
    woken: list[str] = []

    def remember(sender: str, body: Any, **_: object) -> None:
        woken.extend(body[0])

    before_task_publish.connect(remember)
    yield woken
    before_task_publish.disconnect(remember)


@pytest.fixture(autouse=True)
def test_runner(settings: Settings) -> Iterator[None]:
    """The tests' own runner in place of models."""
    settings.GENERATION_RUNNER = "apps.generation.tests.runners.make_runner"
    forget_runner()
    yield
    forget_runner()


@pytest.fixture(autouse=True)
def unseen_by_threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test never commits no other connection sees: the thread that looks whether work is wanted would cancel it
    on a machine that takes a second longer."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if not commits and not {"transactional_db", "live_worker"} & set(request.fixturenames):
        monkeypatch.setattr(heartbeat, "POLL_SECONDS", 60.0)


@pytest.fixture
def bucket(cast: Cast) -> Bucket:
    return make_bucket(cast.researcher, tasks=6)


@pytest.fixture
def revision(cast: Cast) -> PipelineRevision:
    return make_revision(cast.researcher)


@pytest.fixture
def broker_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing listens where the broker should be. Celery prefers the environment to what its app is told."""
    monkeypatch.setenv("CELERY_BROKER_URL", "redis+socket:///nowhere/at/all.sock")
    usual = app_or_default()
    Celery("nowhere")
    yield
    usual.set_current()
