"""Background work. The answer rows are the truth, so losing or doubling one of these calls is harmless."""

import os
from contextlib import suppress
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import celeryd_after_setup, worker_process_init, worker_process_shutdown
from django.db import Error

from apps.generation import services


@shared_task(name="generation.drain")
def drain(run_public_id: str) -> None:
    with services.at_work(UUID(run_public_id)) as worker:
        services.drain_run(run_public_id=UUID(run_public_id), worker=worker)


@shared_task(name="generation.try_task")
def try_task() -> None:
    with services.at_work() as worker:
        services.answer_trials(worker=worker)


@shared_task(name="generation.sweep")
def sweep() -> None:
    services.sweep_leases(worker=services.worker_name())


@celeryd_after_setup.connect
def tell_queues(instance: Any, **_: Any) -> None:
    """To the pool's processes: only their parent knows which queues it listens to."""
    os.environ[services.QUEUES_VARIABLE] = ",".join(instance.app.amqp.queues.consume_from)


@worker_process_init.connect
def begin(**_: Any) -> None:
    services.begin_pulse()


@worker_process_shutdown.connect
def end(**_: Any) -> None:
    with suppress(Error):
        services.forget_worker()
