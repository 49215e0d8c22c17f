from celery import shared_task
from django.utils import timezone

from apps.benchmarks.services import score_waiting


@shared_task(name="benchmarks.collect")
def collect() -> int:
    """Score the runs that were waited for and are finished."""
    return score_waiting(now=timezone.now())
