"""Addresses that open an account by themselves keep their secret part out of the logs."""

import logging
import re

WRITE_ADDRESSES = ("django.request", "django.security.csrf", "django.server", "gunicorn.access")
SECRET_PART = re.compile(r"(?<=/)(invitation/|password/[0-9a-f-]{36}/)[^/\s]+")


def hide_secrets(record: logging.LogRecord) -> bool:
    """A logging filter that lets every record pass, with `…` for the token in its text."""
    said = record.getMessage()
    hidden = SECRET_PART.sub(r"\1…", said)
    if hidden != said:
        record.msg, record.args = hidden, ()
    return True


def keep_secrets_out_of_logs() -> None:
    for name in WRITE_ADDRESSES:
        logging.getLogger(name).addFilter(hide_secrets)
