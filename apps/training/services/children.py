"""A worker's side: a process of its own for each training, so that answers never wait for one.

The process runs at low priority, looks for its work itself, and hands it on when this worker is gone.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from django.conf import settings

from apps.training.models import Training

if TYPE_CHECKING:
    from typing import Literal

    Duty = Literal["check", "train"]

_children: dict[Duty, subprocess.Popen[bytes]] = {}


def spawn_for_waiting() -> None:
    """One process to check and one to train, where something waits and this worker's last one has ended."""
    duties: tuple[Duty, Duty] = ("check", "train")
    for duty in duties:
        is_busy = duty in _children and _children[duty].poll() is None
        if not is_busy and Training.objects.claimable(to_check=duty == "check").exists():
            _children[duty] = _spawn(duty)


def _spawn(duty: Duty) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "train_next", duty]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 (fixed words)
