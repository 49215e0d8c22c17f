"""The Celery application; every room's background work lives in its `jobs.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sbs_platform.settings")

app = Celery("sbs_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_process_init.connect(weak=False)
def bound_transactions(**_: Any) -> None:
    """A process that is paused in the middle of a transaction would keep its locks, and so what it holds, for ever:
    the database ends its session after five leases, and the process meets a lost connection when it wakes.
    """
    from django.conf import settings
    from django.db import connections
    from django.db.backends.signals import connection_created

    limit = f"{5 * settings.GENERATION_LEASE_SECONDS:.0f}s"

    def bound(connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [limit])

    connection_created.connect(bound, weak=False)
    connections.close_all()
