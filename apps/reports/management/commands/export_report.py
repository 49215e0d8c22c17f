from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from apps.reports.exporters import exporters
from apps.reports.models import Report
from apps.reports.preferences.forms import forms
from apps.reports.services import download_report, export_judgments, export_preferences

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

JUDGMENTS, PREFERENCES = "judgments", "preferences-"  # of the report's evaluation as it is now


class Command(BaseCommand):
    help = "Write a frozen report to a file: the same bytes as its page and the API give."

    def add_arguments(self, parser: ArgumentParser) -> None:
        others = [JUDGMENTS, *(PREFERENCES + name for name in forms())]
        parser.add_argument("report", type=UUID, help="the report's public id, from its address")
        parser.add_argument("--format", choices=[*exporters(), *others], required=True)
        parser.add_argument("--out", type=Path, required=True, help="the file to write; a folder takes the usual name")
        parser.add_argument("--language", choices=[code for code, _ in settings.LANGUAGES], help="of the PDF's words")

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report.objects.with_names().filter(public_id=options["report"]).first()
        if report is None:
            raise CommandError(f"There is no report {options['report']}. Its id stands in the address of its page.")
        with translation.override(options.get("language") or settings.LANGUAGE_CODE):
            filename, content = _taken(report, options["format"])
            path: Path = options["out"]
            path = path / filename if path.is_dir() else path
            try:
                with path.open("wb") as file:
                    file.writelines(content)
            except OSError as problem:
                raise CommandError(f"Can't write {path}: {problem.strerror}.") from problem
        self.stdout.write(f"{path}: {path.stat().st_size} bytes")


def _taken(report: Report, form: str) -> tuple[str, Iterable[bytes]]:
    if form in exporters():
        download = download_report(actor=None, report=report, form=form)
        return download.filename, [download.content]
    if report.evaluation is None:
        raise CommandError(f"A ranking has no {form}: name a report of one of its evaluations.")
    if form == JUDGMENTS:
        taken = export_judgments(actor=None, evaluation=report.evaluation)
    else:
        taken = export_preferences(actor=None, evaluation=report.evaluation, form=form.removeprefix(PREFERENCES))
    return taken.filename, taken.content
