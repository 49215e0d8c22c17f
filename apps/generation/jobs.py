"""Background work. The answer rows are the truth, so losing or doubling one of these calls is harmless."""

import os
import socket
from uuid import UUID

from celery import shared_task

from apps.generation import services


@shared_task(name="generation.drain")
def drain(run_public_id: str) -> None:
    services.drain_run(run_public_id=UUID(run_public_id), worker=f"{socket.gethostname()}:{os.getpid()}")


@shared_task(name="generation.sweep")
def sweep() -> None:
    services.sweep_leases()
