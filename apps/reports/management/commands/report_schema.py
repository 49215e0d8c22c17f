from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from apps.reports.domain.frozen import json_schema


class Command(BaseCommand):
    help = "Print the JSON Schema of a report's numbers, as published in docs/report.schema.json."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(json_schema(), indent=1, sort_keys=True))
