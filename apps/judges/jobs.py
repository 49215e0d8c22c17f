"""Background work. Answers are the truth, so losing or doubling a call is harmless."""

from celery import shared_task

from apps.judges import services


@shared_task(name="judges.collect")
def collect() -> None:
    services.collect_all()
