"""Background work. The rows are the truth, so losing or doubling this call is harmless."""

from celery import shared_task

from apps.training import services


@shared_task(name="training.work")
def work() -> None:
    services.spawn_for_waiting()
