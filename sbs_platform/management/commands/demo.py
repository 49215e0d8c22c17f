from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sbs_platform.demo.content import load_bucket, load_runs
from sbs_platform.demo.evaluations import load_own_evaluation
from sbs_platform.demo.measured import load_benchmark
from sbs_platform.demo.people import load_people


class Command(BaseCommand):
    help = "Load the demo: sign-ins, a bucket, pipelines, runs, an evaluation and a benchmark. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        people = load_people(settings.VAR_DIR)
        bucket = load_bucket(people.researcher, self.stdout.write)
        runs = load_runs(people.researcher, bucket, self.stdout.write)
        load_own_evaluation(people, runs)
        load_benchmark(people.researcher, self.stdout.write)
