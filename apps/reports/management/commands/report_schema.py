from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from apps.reports.domain.frozen import json_schema

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Print the JSON Schema of a report's numbers, as published in docs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ranking", action="store_true", help="of a ranking of several pipelines")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(json_schema(ranking=options["ranking"]), indent=1, sort_keys=True))
