"""Starts what the environment does not give, keeps watch, and stops all of it again.

Order: PostgreSQL and Valkey, tables and static files, web, worker and beat. Every child is in a session of its own, is
told by the kernel when we die, and carries our var folder in its environment for the next start to find.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sbs_platform.local import postgres, site, valkey
from sbs_platform.local.children import OWNER, Child, ChildDied, stop_children
from sbs_platform.local.steps import Steps

POLL = 0.1
START_LIMIT = 180.0  # seconds; a worker on a busy machine needs a minute
STOP_PATIENCE = 20.0
SERVER_PATIENCE = 30.0


@dataclass
class Supervisor:
    var: Path
    steps: Steps
    servers: list[Child] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    address: str = ""

    @property
    def env(self) -> dict[str, str]:
        """For every child. The site is at plain http on this machine, unless the environment says otherwise."""
        settled = {OWNER: str(self.var), "VAR_DIR": str(self.var), "PYTHONUNBUFFERED": "1"}
        return {**settled, "HTTPS": os.environ.get("HTTPS", "0")}

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def start_servers(self) -> None:
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        if os.environ.get("DATABASE_URL"):
            self.steps.say(f"· The database is DATABASE_URL's ({place(os.environ['DATABASE_URL'])})")
        else:
            with self.steps.step("Starting PostgreSQL"):
                self.servers.append(postgres.start_postgres(self.var, self.log("postgres")))
                self.wait_for(lambda: postgres.postgres_answers(self.var), "PostgreSQL")
                postgres.make_database(self.var)
        if os.environ.get("CELERY_BROKER_URL"):
            self.steps.say(f"· The broker is CELERY_BROKER_URL's ({place(os.environ['CELERY_BROKER_URL'])})")
        else:
            with self.steps.step("Starting Valkey"):
                self.servers.append(valkey.start_valkey(self.var, self.log("valkey")))
                self.wait_for(lambda: valkey.valkey_answers(self.var), "Valkey")

    def start_site(self, port: int) -> None:
        """Web, worker and beat; returns when the page and the worker answer."""
        listener = site.listen(port)
        taken = listener.getsockname()[1]
        self.address = f"http://{site.HOST}:{taken}"
        if port not in (0, taken):
            self.steps.say(f"· Port {port} is taken, using {taken}")
        env = {**self.env, "PORT": str(taken)}
        with listener:
            self.children.append(site.start_web(listener, self.log("web"), env))
        with self.steps.step("Starting the web pages"):
            self.wait_for(lambda: site.web_answers(self.address), "the web pages")
        self.steps.say(f"· The pages are at {self.address}")
        worker, name = site.start_worker(self.log("worker"), env)
        self.children += [worker, site.start_beat(self.var, self.log("beat"), env)]
        with self.steps.step("Starting the worker"):
            self.wait_for(lambda: site.worker_answers(name), "the worker")

    def start_command(self, *words: str) -> Child:
        """A management command beside the site; its end is no reason to stop."""
        return site.start_command(list(words), self.env)

    def finish(self, command: Child) -> int:
        """Keep watch until `command` ends; returns its exit code. Stops it when anything else goes wrong."""
        try:
            while command.exit_code is None:
                self.check()
                time.sleep(POLL)
        finally:
            stop_children([command], patience=5)
        return command.process.returncode

    def watch(self) -> None:
        """For ever: ends by ChildDied, or by what a signal raises."""
        while True:
            self.check()
            time.sleep(0.25)

    def check(self) -> None:
        for child in [*self.servers, *self.children]:
            child.check()

    def wait_for(self, ready: Callable[[], bool], what: str) -> None:
        """Raises ChildDied when a child ends meanwhile, TimeoutError when `what` does not answer in time."""
        deadline = time.monotonic() + START_LIMIT
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                words = "\n".join(filter(None, (child.last_words() for child in self.children or self.servers)))
                raise TimeoutError(f"{what} did not answer within {START_LIMIT:.0f} s. {words}")
            time.sleep(POLL)

    def stop(self) -> None:
        """The site first, so that nothing is refused by a server that is already gone. A second Ctrl-C hurries it."""
        try:
            with self.steps.step("Stopping"):
                stop_children(self.children, STOP_PATIENCE)
                stop_children(self.servers, SERVER_PATIENCE)
        except KeyboardInterrupt:
            stop_children([*self.children, *self.servers], patience=1)
        self.children, self.servers = [], []


def place(url: str) -> str:
    """Host and path of `url`, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


__all__ = ["ChildDied", "Supervisor"]
