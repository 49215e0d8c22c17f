"""A training process, as workers start it. Not for people: theirs is `manage.py vlm train RECIPE`."""

import os
import signal
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.training.services.claims import claim_training, held

LOW_PRIORITY = 10


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Check or train the recipe that has waited longest, then end. Workers start it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("duty", choices=["check", "train"])

    def handle(self, *args: Any, duty: str, **options: Any) -> None:
        os.nice(LOW_PRIORITY)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        to_check = duty == "check"
        training = claim_training(to_check=to_check, worker=f"{socket.gethostname()}:{os.getpid()}")
        if training is None:
            return
        with held(training) as is_unwanted:
            from apps.training.services import work  # takes seconds: the lease is kept meanwhile

            (work.check_recipe if to_check else work.train_recipe)(training, is_unwanted)
