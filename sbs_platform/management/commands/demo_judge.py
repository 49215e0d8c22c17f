from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from apps.web.progress import Progress
from sbs_platform.demo.answers import Unanswered, wait_for_answers
from sbs_platform.demo.content import load_bucket, load_runs
from sbs_platform.demo.evaluations import (
    judge_all,
    load_own_evaluation,
    load_report,
    load_simulated_evaluation,
    mask_leaks,
)
from sbs_platform.demo.measured import load_benchmark, score_all
from sbs_platform.demo.people import load_people
from sbs_platform.demo.visitor import UnexpectedPage


class Command(BaseCommand):
    help = "Wait for the answers, open the evaluations, let simulated assessors judge over HTTP, freeze a report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", required=True, help="where the site answers, e.g. http://127.0.0.1:8000")
        parser.add_argument("--strict", action="store_true", help="fail when any task was not answered")
        parser.add_argument("--timeout", type=float, default=3600, help="seconds to wait for the answers")

    def handle(self, *args: Any, **options: Any) -> None:
        people = load_people(settings.VAR_DIR)
        bucket = load_bucket(people.researcher, lambda line: None)
        runs = load_runs(people.researcher, bucket, lambda line: None)
        try:
            benchmark, measured = load_benchmark(people.researcher, lambda line: None)
            wait_for_answers((*runs, *measured), timeout_s=options["timeout"], strict=options["strict"])
            before, after, *_ = score_all(people.researcher, benchmark, measured)
            evaluation, programs = load_simulated_evaluation(people, runs)
            for opened in (evaluation, load_own_evaluation(people, runs)):
                if masked := mask_leaks(people.researcher, opened):
                    self.stdout.write(f"{opened}: {masked} places that might unblind were masked by the demo")
            if not evaluation.reports.exists():
                left = evaluation.assignments.exclude(state="done").count()
                bar, count = Progress("Judging by programs", left), iter(range(1, left + 1))
                judge_all(options["address"], evaluation, programs, judged=lambda: bar.show(next(count, left)))
                bar.end()
        except (Unanswered, UnexpectedPage) as error:
            raise CommandError(str(error)) from error
        report = load_report(people.researcher, evaluation)
        beside = reverse("benchmarks:compare", args=[before.public_id, after.public_id])
        self.stdout.write(f"Before and after: {options['address']}{beside}")
        self.stdout.write(f"Report: {options['address']}/reports/{report.public_id}/")
