"""The PostgreSQL and Valkey of one test run, in the first folder below `var/test` that no other run uses."""

import atexit
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from sbs_platform.local.children import Child, stop_children
from sbs_platform.local.lock import AlreadyRunning, hold
from sbs_platform.local.places import database_url
from sbs_platform.local.postgres import QUICK_AND_FORGETFUL, make_database, postgres_answers, start_postgres
from sbs_platform.local.valkey import start_valkey, valkey_answers

START_LIMIT = 120.0
until_exit = contextlib.ExitStack()
atexit.register(until_exit.close)


def claim_folder(base: Path) -> Path:
    """Ours until this process ends."""
    for number in range(1, 100):
        folder = base / str(number)
        with contextlib.suppress(AlreadyRunning):
            until_exit.enter_context(hold(folder / "run.lock"))
            return folder
    raise RuntimeError(f"a hundred test runs hold {base}")


def serve_database(var: Path) -> str:
    """The address of a running PostgreSQL that forgets its data in a crash."""
    server = start_postgres(var, var / "log" / "postgres.log", QUICK_AND_FORGETFUL)
    until_exit.callback(stop_children, [server], 20)
    wait(server, lambda: postgres_answers(var))
    make_database(var)
    return database_url(var)


def serve_broker(var: Path) -> None:
    server = start_valkey(var, var / "log" / "valkey.log")
    until_exit.callback(stop_children, [server], 5)
    wait(server, lambda: valkey_answers(var))


def wait(server: Child, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not ready():
        server.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{server.name} did not answer. {server.last_words()}")
        time.sleep(0.02)
