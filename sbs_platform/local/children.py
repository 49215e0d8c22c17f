"""A process of ours: in a session of its own, with a log, and told by the kernel when we die."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LAST_LINES = 30
PR_SET_PDEATHSIG = 1
OWNER = "SBS_OWNER"  # the environment variable by which a later start recognises what an earlier one left behind

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ChildDied(Exception):
    """A process that must go on has ended; the message carries its name, its exit code and its last lines."""


def die_with_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """To be called in the child before exec: the kernel sends `death_signal` when `parent` ends, however it ends."""

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os._exit(1)

    return arrange


class Child:
    """Starts at once; `death_signal` is what the kernel sends it when we are killed, `stop_signal` what we send."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGTERM,
        cwd: Path | None = None,
        user: str | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name, self.log, self.stop_signal = name, log, stop_signal
        output = None if log is None else fresh_log(log)
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(os.getpid(), death_signal),
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            pass_fds=pass_fds,
        )
        if output is not None:
            os.close(output)

    @property
    def exit_code(self) -> int | None:
        return self.process.poll()

    def check(self) -> None:
        """Raise ChildDied when it has ended."""
        code = self.exit_code
        if code is not None:
            raise ChildDied(f"{self.name} has ended ({exit_words(code)}). {self.last_words()}")

    def last_words(self) -> str:
        lines = last_lines(self.log) if self.log else []
        return f"Its last lines, from {self.log}:\n" + "\n".join(f"  {line}" for line in lines) if lines else ""

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self.process.send_signal(self.stop_signal)

    def end(self, deadline: float) -> None:
        """Wait until `deadline` (time.monotonic), then kill; the rest of its group is killed either way."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.05, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def stop_children(children: Sequence[Child], patience: float) -> None:
    """Ask all of them at once, then give them `patience` seconds together."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + patience
    for child in children:
        child.end(deadline)


def fresh_log(path: Path) -> int:
    """An open file for a new log; the one of the last start is kept beside it as `.1`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)


def last_lines(path: Path, count: int = LAST_LINES) -> list[str]:
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64 * 1024))
        return file.read().decode(errors="replace").splitlines()[-count:]


def exit_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"
