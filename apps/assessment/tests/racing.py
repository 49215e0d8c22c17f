"""What goes on in another transaction meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from time import sleep

from django.db import connections, transaction

from apps.accounts.models import User
from apps.assessment.models import Evaluation
from apps.assessment.services import claim_comparison


@contextmanager
def claim_under_way(person: User, evaluation: Evaluation, now: datetime) -> Iterator[None]:
    """The body runs while a claim that succeeded is not committed yet; at its end it is."""
    claimed = Event()

    def claim_slowly() -> None:
        try:
            with transaction.atomic():
                assert claim_comparison(assessor=person, evaluation=evaluation, now=now)
                claimed.set()
                sleep(0.3)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        claiming = pool.submit(claim_slowly)
        assert claimed.wait(5)
        yield
        claiming.result()
