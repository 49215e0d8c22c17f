"""Waits until the demo's runs are answered by the worker."""

import time

from apps.generation.models import Run
from apps.generation.queries import run_progress
from apps.web.progress import Progress


class Unanswered(Exception):
    """A run that did not complete as it must; the message says which, and how far it came."""


def wait_for_answers(runs: tuple[Run, ...], *, timeout_s: float, strict: bool = False, poll_s: float = 1.0) -> None:
    """Return once every answer is final. Raises Unanswered after `timeout_s`, when nothing at all was answered, or
    (`strict`) when anything was not."""
    deadline = time.monotonic() + timeout_s
    bar = Progress("Answering", sum(run.answers.count() for run in runs))
    while True:
        states = [run_progress(run) for run in runs]
        bar.show(sum(state.done + state.failed + state.cancelled for state in states))
        if all(state.is_complete for state in states):
            break
        if time.monotonic() > deadline:
            raise Unanswered(f"the runs are not complete after {timeout_s:.0f} s; look at var/log/worker.log")
        time.sleep(poll_s)
    bar.end()
    for run, state in zip(runs, states, strict=True):
        if not state.done or (strict and state.done < state.total):
            causes = run.answers.exclude(error="").values_list("error", flat=True).distinct()[:5]
            raise Unanswered(f"{run}: only {state.done} of {state.total} tasks were answered. " + " ".join(causes))
