"""A worker's turn: claim, generate, store, until nothing waits or the turn is over."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.db import close_old_connections
from django.db.models.functions import Now

from apps.generation.models import AnswerState, Run, RunState
from apps.generation.services.lane import open_lane
from apps.generation.services.leases import patiently
from apps.generation.services.resident import EXIT_UNUSABLE, ask_servers_anew, resident_runner
from apps.generation.services.trying import answer_trials, trials_wait
from apps.generation.services.wake import wake_workers
from inference.errors import ModelUnavailable

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["EXIT_UNUSABLE", "drain_run"]
logger = logging.getLogger(__name__)
TURN_SECONDS = 60.0


def drain_run(*, run_public_id: UUID, worker: str, turn_seconds: float = TURN_SECONDS) -> None:
    """Work on the run for one turn. A turn that ends with work left wakes the next one, so runs take turns.

    A trial of the playground that this worker may serve ends the turn early: nobody waits there behind a long run.
    """
    runs = Run.objects.select_related("revision").filter(public_id=run_public_id, state=RunState.ACTIVE)
    run = runs.filter(answers__state=AnswerState.WAITING).first()
    if run is None:
        return
    try:
        is_unfinished = _take_turn(run, worker=worker, turn_seconds=turn_seconds)
        answer_trials(worker=worker)
        if is_unfinished:
            wake_workers(run, pending=1)
    except ModelUnavailable as error:
        ask_servers_anew()
        logger.warning("run %s is paused: %s", run.public_id, error)
        Run.objects.filter(pk=run.pk).update(problem=str(error), problem_at=Now())


def _take_turn(run: Run, *, worker: str, turn_seconds: float) -> bool:
    """Whether the turn was over before its work."""
    with open_lane(run, resident_runner(run.revision, use_cache=run.use_cache), worker) as lane:
        end = time.monotonic() + turn_seconds
        is_over = False
        while not is_over or lane.batches:
            close_old_connections()
            if not is_over:
                lane.fill()
            if not lane.batches:
                return False
            lane.step()
            is_over = time.monotonic() >= end or patiently(trials_wait)
    return True
