from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from apps.generation.models import Run
from apps.generation.queries import check_run, run_progress


class Command(BaseCommand):
    help = "Check what must hold for a run: one answer per task, one trace per done answer, attempts that add up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=UUID, help="the id of the run, as in the address of its page")

    def handle(self, *args: Any, run: UUID, **options: Any) -> None:
        found = Run.objects.select_related("revision").filter(public_id=run).first()
        if found is None:
            raise CommandError(f"There is no run {run}. Its id is the last part of its page's address.")
        progress = run_progress(found)
        self.stdout.write(f"{progress.total} answers: {progress.done} done, {progress.failed} failed")
        invariants = check_run(found)
        for invariant in invariants:
            words = "" if invariant.holds else f" Broken by {invariant.broken}: {', '.join(invariant.examples)} …"
            self.stdout.write(f"{'✓' if invariant.holds else '✗'} {invariant.name}{words}")
        if not all(invariant.holds for invariant in invariants):
            raise CommandError("The run breaks what must hold for every run; please report it.")
