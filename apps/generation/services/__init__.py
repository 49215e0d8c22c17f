"""Writes of this room: `runs` and `trials` for people, `leases` for workers, `drain`, `trying`, `sweep` for jobs."""

from apps.generation.services.drain import drain_run
from apps.generation.services.leases import (
    claim_answers,
    extend_leases,
    fail_answer,
    finish_answers,
    release_answers,
)
from apps.generation.services.pulse import QUEUES_VARIABLE, at_work, begin_pulse, forget_worker, worker_name
from apps.generation.services.runs import RunRefused, cancel_run, retry_failed, start_run
from apps.generation.services.sweep import SweepResult, sweep_leases
from apps.generation.services.trials import (
    TrialRefused,
    give_up_trials,
    try_instruction,
    try_task,
    wake_for_waiting_trials,
)
from apps.generation.services.trying import answer_trials

__all__ = [
    "QUEUES_VARIABLE",
    "RunRefused",
    "SweepResult",
    "TrialRefused",
    "answer_trials",
    "at_work",
    "begin_pulse",
    "cancel_run",
    "claim_answers",
    "drain_run",
    "extend_leases",
    "fail_answer",
    "finish_answers",
    "forget_worker",
    "give_up_trials",
    "release_answers",
    "retry_failed",
    "start_run",
    "sweep_leases",
    "try_instruction",
    "try_task",
    "wake_for_waiting_trials",
    "worker_name",
]
