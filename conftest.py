"""One small cast of test people, defined once, the settings that make tests quick and their own, and live workers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import hypothesis
import pytest
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from apps.accounts.models import User
    from sbs_platform.local.children import Child


hypothesis.settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any-machine")  # how long an example takes depends on what else runs
ALL_QUEUES = "gpu,cpu,live,control"
LONGEST = ("worker", "browser", "model", "slow")


@dataclass(frozen=True)
class Cast:
    """`researcher` owns the bucket, `assessor` judges in it, `outsider` is a researcher who must see nothing of it."""

    researcher: User
    assessor: User
    outsider: User
    admin: User


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit are slow: all tables are emptied after each. The modules of the longest tests come first, so
    that none of those is the last, with nothing left for the other processes. pytest-django then sorts by database.
    """
    for item in items:
        if any(marker.kwargs.get("transaction") for marker in item.iter_markers("django_db")):
            item.add_marker("slow")
    ranks: dict[Path, int] = {}
    for item in items:
        ranks[item.path] = min(ranks.get(item.path, len(LONGEST)), rank(item))
    items.sort(key=lambda item: ranks[item.path])


def rank(item: pytest.Item) -> int:
    return next((number for number, mark in enumerate(LONGEST) if item.get_closest_marker(mark)), len(LONGEST))


@pytest.fixture(autouse=True)
def quick_and_separate(settings: Settings, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    translation.activate("en")  # a request made in Russian leaves its thread in Russian


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test databases are copies of one that is migrated already, see `tests.template`."""
    from django.db import connection

    from tests.template import VARIABLE

    if template := os.environ.get(VARIABLE):
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture
def cast(db: None) -> Cast:
    from apps.accounts.tests.makers import make_user

    return Cast(
        researcher=make_user("researcher@example.org", role="researcher"),
        assessor=make_user("assessor@example.org", role="assessor"),
        outsider=make_user("outsider@example.org", role="researcher"),
        admin=make_user("admin@example.org", role="admin"),
    )


class StartWorker(Protocol):
    def __call__(self, queues: str = ALL_QUEUES, **env: str) -> Child: ...


@pytest.fixture
def live_worker(transactional_db: None, tmp_path: Path) -> Iterator[StartWorker]:
    """Start real workers on this test's database and broker; `env` adds to their environment. All end with the test.

    `live_worker().process.kill()` kills one as `kill -9` does.
    """
    from sbs_platform.local.children import stop_children
    from tests.live_worker import start_live_worker

    workers: list[Child] = []

    def start(queues: str = ALL_QUEUES, **env: str) -> Child:
        workers.append(start_live_worker(tmp_path / f"worker{len(workers)}.log", queues=queues, env=env))
        return workers[-1]

    yield start
    stop_children(workers, patience=0.5)
