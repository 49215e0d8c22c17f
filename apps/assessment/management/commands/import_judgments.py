from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Role, User
from apps.assessment.domain.elsewhere import CannotImport
from apps.assessment.domain.found import LEFT_OUT, OWN, Becomes
from apps.assessment.elsewhere import readers
from apps.assessment.services import Look, import_judgments, look_into

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping, Sequence


class Command(BaseCommand):
    help = "Import judgments made with another tool into closed evaluations, to be reported like one's own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=list(readers()), required=True)
        parser.add_argument("--name", required=True, help="of the evaluation and of the new bucket")
        parser.add_argument("--owner", required=True, help="e-mail of the researcher whose bucket it becomes")
        parser.add_argument("--a", default="A", help="the candidate's name, where the file has none")
        parser.add_argument("--b", default="B", help="the baseline's name, where the file has none")
        parser.add_argument("--look", action="store_true", help="say what is in the file, and keep nothing")
        parser.add_argument(
            "--becomes",
            action="append",
            default=[],
            metavar="NAME=WHAT",
            help="what a name of the file becomes: verdict, a criterion's key, own or left_out",
        )
        parser.add_argument("--fewer", action="append", default=[], metavar="NAME", help="its smaller number is better")
        parser.add_argument("--tie-within", type=float, default=0, help="a difference of numbers that is still a tie")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.with_email(options["owner"]).filter(is_active=True).exclude(role=Role.ASSESSOR).first()
        if owner is None:
            raise CommandError(f"There is no active researcher {options['owner']}. Invite them first.")
        if not 0 <= options["tie_within"] < inf:
            raise CommandError(f"--tie-within {options['tie_within']} is no difference. Write 0 or more.")
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise CommandError(f"Can't read {path}: {problem.strerror}.") from problem
        try:
            look = look_into(options["format"], content, (options["a"], options["b"]))
            becomes = chosen(look, options["becomes"], options["fewer"])
            self._say(look, becomes)
            if options["look"]:
                return
            kept = import_judgments(
                actor=owner, name=options["name"], look=look, becomes=becomes, tie_within=options["tie_within"]
            )
        except CannotImport as refused:
            lines = "\n".join(map(str, refused.wrong))
            raise CommandError(f"Nothing was imported. Mend the file and import it again:\n{lines}") from refused
        for evaluation in kept:
            self.stdout.write(f"{evaluation.public_id} {evaluation.name}")

    def _say(self, look: Look, becomes: Mapping[str, Becomes]) -> None:
        self.stderr.write(f"{len(look.told)} judgments, {look.tasks} tasks, {look.assessors} assessors")
        for found in look.found:
            target = becomes[found.name]
            fewer = ", fewer is better" if target.faults and found.is_numbers else ""
            self.stderr.write(f"{found.name} ({found.kind}, {found.judgments}): {target.what}{fewer}")


def chosen(look: Look, said: Sequence[str], fewer: Sequence[str]) -> dict[str, Becomes]:
    """As the look suggests, but for what is said as NAME=WHAT. Another verdict takes the place of the suggested."""
    told = {name: what for name, _, what in (item.rpartition("=") for item in said)}
    becomes = {
        name: Becomes(LEFT_OUT) if target.what in told.values() and target.what != OWN else target
        for name, target in look.becomes.items()
    }
    becomes |= {name: Becomes(what, name in look.becomes and look.becomes[name].faults) for name, what in told.items()}
    return {name: replace(target, faults=target.faults or name in fewer) for name, target in becomes.items()}
