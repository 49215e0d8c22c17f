"""A training process, as workers start it. Not for people: theirs is `manage.py vlm train RECIPE`."""

import os
import signal
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

LOW_PRIORITY = 10


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Check or train the recipe that has waited longest, then end. Workers start it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("duty", choices=["check", "train"])

    def handle(self, *args: Any, duty: str, **options: Any) -> None:
        os.nice(LOW_PRIORITY)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from apps.training.services import work

        worker = f"{socket.gethostname()}:{os.getpid()}"
        next_one = work.check_next if duty == "check" else work.train_next
        next_one(worker=worker)
