from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from apps.assessment.models import Evaluation
from apps.reports.preferences.forms import forms
from apps.reports.preferences.rules import LIFTABLE
from apps.reports.services import export_preferences

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Write an evaluation's judgments as preference pairs to a file: the same bytes as its page gives."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("evaluation", type=UUID, help="the evaluation's public id, from its address")
        parser.add_argument("--format", choices=list(forms()), required=True)
        parser.add_argument("-o", "--out", type=Path, required=True, help="the file; a folder takes the usual name")
        parser.add_argument(
            "--lift", action="append", choices=list(LIFTABLE), default=[], help="take in what this rule leaves out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        evaluation = Evaluation.objects.filter(public_id=options["evaluation"]).first()
        if evaluation is None:
            raise CommandError(f"There is no evaluation {options['evaluation']}. Its id stands in its page's address.")
        taken = export_preferences(actor=None, evaluation=evaluation, form=options["format"], lift=options["lift"])
        path: Path = options["out"]
        path = path / taken.filename if path.is_dir() else path
        try:
            with path.open("wb") as file:
                file.writelines(taken.content)
        except OSError as problem:
            raise CommandError(f"Can't write {path}: {problem.strerror}.") from problem
        self.stdout.write(f"{path}: {taken.manifest['pairs']} pairs")
        for kind in ("comparisons", "judgments"):
            for rule, count in taken.manifest[kind]["left_out"].items():
                if count:
                    self.stdout.write(f"{count} {kind} left out: {rule}")
