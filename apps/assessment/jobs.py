"""Background work. The answer rows are the truth, so losing or doubling a call is harmless."""

from celery import shared_task

from apps.assessment import services


@shared_task(name="assessment.admit")
def admit() -> None:
    services.admit_all_pairs()
