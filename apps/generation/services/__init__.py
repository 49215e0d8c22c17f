"""Writes of this room: `runs` for people, `leases` for workers, `drain` and `sweep` for jobs."""

from apps.generation.services.drain import drain_run
from apps.generation.services.leases import (
    claim_answers,
    extend_leases,
    fail_answer,
    finish_answer,
    release_answers,
)
from apps.generation.services.pulse import QUEUES_VARIABLE, at_work, begin_pulse, forget_worker, worker_name
from apps.generation.services.runs import RunRefused, cancel_run, retry_failed, start_run
from apps.generation.services.sweep import SweepResult, sweep_leases

__all__ = [
    "QUEUES_VARIABLE",
    "RunRefused",
    "SweepResult",
    "at_work",
    "begin_pulse",
    "cancel_run",
    "claim_answers",
    "drain_run",
    "extend_leases",
    "fail_answer",
    "finish_answer",
    "forget_worker",
    "release_answers",
    "retry_failed",
    "start_run",
    "sweep_leases",
    "worker_name",
]
