from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from apps.reports.exporters import exporters
from apps.reports.models import Report
from apps.reports.services import download_report

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Write a frozen report to a file: the same bytes as its page gives."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", type=UUID, help="the report's public id, from its address")
        parser.add_argument("--format", choices=list(exporters()), required=True)
        parser.add_argument("--out", type=Path, required=True, help="the file to write; a folder takes the usual name")

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report.objects.select_related("evaluation").filter(public_id=options["report"]).first()
        if report is None:
            raise CommandError(f"There is no report {options['report']}. Its id stands in the address of its page.")
        download = download_report(actor=None, report=report, form=options["format"])
        path: Path = options["out"]
        path = path / download.filename if path.is_dir() else path
        try:
            path.write_bytes(download.content)
        except OSError as problem:
            raise CommandError(f"Can't write {path}: {problem.strerror}.") from problem
        self.stdout.write(f"{path}: {len(download.content)} bytes")
