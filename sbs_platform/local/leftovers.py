"""What a supervisor that was killed may have left running."""

import contextlib
import os
from pathlib import Path

import psutil

from sbs_platform.local.children import OWNER


def processes_of(var: Path) -> list[psutil.Process]:
    """Processes other than ours that carry `var` as their owner in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(OWNER) == str(var):
                found.append(process)
    return found


def end_leftovers(var: Path, patience: float = 5.0) -> int:
    """End them, first politely; returns how many there were. The caller holds the lock of `var`."""
    found = processes_of(var)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=patience)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=patience)
    return len(found)
