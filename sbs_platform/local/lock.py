"""One supervisor per var folder."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Holder:
    pid: int
    address: str


class AlreadyRunning(Exception):
    """Another process holds the lock; `holder` is who, when it has said so."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        where = f" at {holder.address}" if holder and holder.address else ""
        who = f" (process {holder.pid})" if holder else ""
        super().__init__(f"already running{where}{who}")


class Lock:
    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def say(self, address: str) -> None:
        """Write down who holds the lock and where it answers."""
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), "address": address}, self.file)
        self.file.flush()


def read_holder(path: Path) -> Holder | None:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Holder(**json.loads(path.read_text()))
    return None


@contextlib.contextmanager
def hold(path: Path) -> Iterator[Lock]:
    """Hold `path`'s lock; the kernel frees it when we end, however we end. Raises AlreadyRunning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(read_holder(path)) from None
        lock = Lock(file)
        lock.say("")
        yield lock
        file.seek(0)
        file.truncate()
