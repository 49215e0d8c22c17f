"""A PostgreSQL and a Valkey of one test's own, which it may stop and start again while workers use them."""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import environ
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import load_backend

from sbs_platform.local.children import Child, stop_children
from sbs_platform.local.places import broker_url, database_url
from sbs_platform.local.postgres import make_database, postgres_answers, start_postgres
from sbs_platform.local.valkey import start_valkey, valkey_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START_LIMIT_S = 60


class OwnServers:
    """`environment` leads a worker to them. What PostgreSQL has committed outlives its death, Valkey keeps nothing."""

    database_options: ClassVar[dict[str, str]] = {"fsync": "off"}  # no test ends the machine

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"DATABASE_URL": database_url(folder), "CELERY_BROKER_URL": broker_url(folder)}
        self.start_database()
        self.start_broker()

    def start_database(self) -> None:
        self.database = start_postgres(self.folder, self.folder / "postgres.log", self.database_options)
        wait(self.database, lambda: postgres_answers(self.folder))

    def start_broker(self) -> None:
        self.broker = start_valkey(self.folder, self.folder / "valkey.log")
        wait(self.broker, lambda: valkey_answers(self.folder))

    def restart_database(self) -> None:
        """As after a crash: every session is cut off in the middle of whatever it does."""
        self.database.process.send_signal(signal.SIGQUIT)
        self.database.process.wait(20)
        self.start_database()
        connection.close()

    def stop_broker(self) -> None:
        self.broker.process.kill()
        self.broker.process.wait(20)


def wait(server: Child, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START_LIMIT_S
    while not ready():
        server.check()
        assert time.monotonic() < end, server.last_words()
        time.sleep(0.02)


@contextmanager
def own_servers() -> Iterator[OwnServers]:
    """This process uses their database too, until the end; it has every table and no row."""
    folder = Path(tempfile.mkdtemp(prefix="own-", dir=settings.VAR_DIR))
    servers, usual = OwnServers(folder), connections["default"]
    try:
        make_database(folder)
        place = environ.Env.db_url_config(servers.environment["DATABASE_URL"])
        changed = {**usual.settings_dict, **place}
        connections["default"] = load_backend(changed["ENGINE"]).DatabaseWrapper(changed, "default")
        call_command("migrate", interactive=False, verbosity=0)
        yield servers
    finally:
        connections["default"].close()
        connections["default"] = usual
        stop_children([servers.database, servers.broker], patience=5)
        shutil.rmtree(folder)
