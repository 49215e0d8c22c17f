import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from sbs_platform.demo.check import facts, visit_pages, write_exports
from sbs_platform.demo.content import load_bucket, load_runs
from sbs_platform.demo.evaluations import SIMULATED
from sbs_platform.demo.people import load_people
from sbs_platform.demo.visitor import UnexpectedPage


class Command(BaseCommand):
    help = "The whole path without a person: import, generate, judge over HTTP, freeze, export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", required=True)
        parser.add_argument("--out", type=Path, required=True, help="folder for the exports")

    def handle(self, *args: Any, **options: Any) -> None:
        options["out"].mkdir(parents=True, exist_ok=True)
        call_command("demo")
        call_command("demo_judge", address=options["address"], strict=True)
        researcher = load_people(settings.VAR_DIR).researcher
        runs = load_runs(researcher, load_bucket(researcher, lambda line: None), lambda line: None)
        evaluation = runs[0].bucket.evaluations.get(name=SIMULATED)
        report = evaluation.reports.get()
        try:
            rows = [*facts(runs, evaluation), *visit_pages(options["address"], settings.VAR_DIR)]
            rows += write_exports(options["address"], settings.VAR_DIR, report, options["out"])
        except UnexpectedPage as error:
            raise CommandError(str(error)) from error
        if json.loads((options["out"] / "report.json").read_text())["numbers"] != report.numbers:
            raise CommandError("report.json does not hold the frozen numbers")
        width = max(len(name) for name, _ in rows)
        for name, value in rows:
            self.stdout.write(f"{name:<{width}}  {value}")
