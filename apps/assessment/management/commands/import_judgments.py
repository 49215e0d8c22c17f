from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Role, User
from apps.assessment.domain.elsewhere import CannotImport
from apps.assessment.elsewhere import readers
from apps.assessment.services import import_judgments

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Import judgments made with another tool into closed evaluations, to be reported like one's own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=list(readers()), required=True)
        parser.add_argument("--name", required=True, help="of the evaluation and of the new bucket")
        parser.add_argument("--owner", required=True, help="e-mail of the researcher whose bucket it becomes")
        parser.add_argument("--a", default="A", help="the candidate's name, where the file has none")
        parser.add_argument("--b", default="B", help="the baseline's name, where the file has none")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.with_email(options["owner"]).filter(is_active=True).exclude(role=Role.ASSESSOR).first()
        if owner is None:
            raise CommandError(f"There is no active researcher {options['owner']}. Invite them first.")
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise CommandError(f"Can't read {path}: {problem.strerror}.") from problem
        names = (options["a"], options["b"])
        try:
            kept = import_judgments(
                actor=owner, name=options["name"], form=options["format"], content=content, names=names
            )
        except CannotImport as refused:
            lines = "\n".join(map(str, refused.wrong))
            raise CommandError(f"Nothing was imported. Mend the file and import it again:\n{lines}") from refused
        for evaluation in kept:
            self.stdout.write(f"{evaluation.public_id} {evaluation.name}")
