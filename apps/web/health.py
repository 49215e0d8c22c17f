"""Do the servers that we lean on answer? Each check takes at most a few seconds and never raises."""

import logging

from celery import current_app
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("The database does not answer.")
        return False
    return True


def broker_answers() -> bool:
    options = {"socket_connect_timeout": 2, "socket_timeout": 2}
    try:
        with current_app.connection_for_write(transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OSError, OperationalError):
        log.warning("The broker does not answer.")
        return False
    return True
