"""`manage.py up` as a person starts it: a process of its own, in a var folder of its own."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import psutil
from django.conf import settings

from sbs_platform.local.leftovers import processes_of

ROOT = Path(__file__).parents[2]
OURS = {"DATABASE_URL", "CELERY_BROKER_URL", "STATICFILES_BACKEND", "SECRET_KEY"}
LIMIT = 150.0  # seconds; a start takes about eight on an idle machine


class Site:
    def __init__(self, var: Path, *options: str, **env: str) -> None:
        self.var = var
        self.output = Path(tempfile.mkstemp(prefix="up-", dir=settings.VAR_DIR)[1])
        clean = {name: value for name, value in os.environ.items() if name not in OURS and "PYTEST" not in name}
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *options],
                cwd=ROOT,
                env={**clean, "VAR_DIR": str(var), "PORT": "0", **env},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> str:
        """The address."""
        deadline = time.monotonic() + LIMIT
        while not (found := re.search(r"SBS Platform: (http://\S+)", self.said)):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)
        return found[1]

    def wait(self) -> int:
        return self.process.wait(LIMIT)

    def stop(self) -> int:
        self.process.terminate()
        return self.wait()

    def child(self, words: str) -> psutil.Process:
        """The process whose command line contains `words`."""
        return next(process for process in processes_of(self.var) if words in " ".join(process.cmdline()))


def status(address: str) -> int:
    with urlopen(f"{address}/accounts/sign-in/", timeout=30) as answer:  # noqa: S310 (our own server)
        return int(answer.status)


def gone_within(var: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while processes_of(var):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
