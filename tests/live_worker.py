"""A real Celery worker on the test's database and broker, in a process that a test may kill."""

import os
import sys
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db import connection

from sbs_platform.celery import app
from sbs_platform.local.children import Child
from sbs_platform.local.site import NO_PAGES, QUIET_THREADS, worker_answers

START_LIMIT = 120.0


def start_live_worker(log: Path, *, queues: str, env: dict[str, str], ready: bool = True) -> Child:
    """Takes work from now on, or, without `ready`, from some moment soon. `child.process` is the Popen."""
    name = f"test-{uuid.uuid4().hex[:8]}@localhost"
    command = [sys.executable, "-m", "celery", "-A", "sbs_platform", "worker", "--hostname", name, "--queues", queues]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    forget_messages(queues)
    child = Child("worker", command, log=log, env={**QUIET_THREADS, **NO_PAGES, **environment_of_test(), **env})
    deadline = time.monotonic() + START_LIMIT
    while ready and not worker_answers(name):
        child.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"the worker did not answer. {child.last_words()}")
    return child


def environment_of_test() -> dict[str, str]:
    """The environment in which a process of its own works on this test's data."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"]["host"]
    person = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    port = f"&port={database['PORT']}" if database["PORT"] else ""
    return {
        "DATABASE_URL": f"postgresql://{person}@/{database['NAME']}?host={host}{port}",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "MODEL_DIR": str(settings.MODEL_DIR),
        "PYTEST_CURRENT_TEST": os.environ.get("PYTEST_CURRENT_TEST", ""),
    }


def forget_messages(queues: str) -> None:
    """Take the messages of earlier tests out of the broker."""
    with app.connection_for_write() as broker:
        for queue in queues.split(","):
            with broker.SimpleQueue(queue) as waiting:
                waiting.clear()
