"""`manage.py import_bucket tasks.jsonl --images pictures.zip --name "Signs" --as me@example.org`"""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.buckets.importers import ImportRefused
from apps.buckets.services import import_bucket
from apps.web.progress import PhaseBars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.buckets.importers import RowError

HEAD = ("Row", "Field", "What is wrong", "What to do")
WIDEST = (6, 14, 46, 46)


class Command(BaseCommand):
    help = "Import a bucket from a JSONL or CSV table and its pictures: all of it, or nothing with a list of problems."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", type=Path, help="tasks.jsonl or tasks.csv")
        parser.add_argument("--images", type=Path, help="folder or ZIP with the pictures that the table names")
        parser.add_argument("--name", required=True, help="an existing name makes the next version")
        parser.add_argument("--description", default="")
        parser.add_argument("--licence-notes", default="")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="the researcher who imports it")

    def handle(self, *args: Any, **options: Any) -> None:
        bars = PhaseBars()
        try:
            bucket = import_bucket(
                actor=_researcher(options["email"]),
                name=options["name"],
                description=options["description"],
                licence_notes=options["licence_notes"],
                table=options["table"],
                images=options["images"],
                tell=bars,
                warn=lambda text: self.stderr.write(self.style.WARNING(text)),
            )
        except ImportRefused as refused:
            bars.end()
            for line in table_of(refused.errors):
                self.stderr.write(line)
            shown = f"; the first {len(refused.errors)} are listed" if refused.hidden else ""
            raise CommandError(f"Nothing was imported: {refused.total} problem(s){shown}.") from None
        except PermissionDenied:
            raise CommandError(f"{options['email']} is an assessor; buckets are imported by researchers.") from None
        bars.end()
        self.stdout.write(
            self.style.SUCCESS(f"Imported {bucket}: {bucket.tasks.count()} tasks, id {bucket.public_id}.")
        )


def _researcher(email: str) -> User:
    user = User.objects.with_email(email).filter(is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active person with the e-mail {email}.")
    return user


def table_of(errors: list[RowError]) -> Iterator[str]:
    """Lines of a plain table that is readable in a terminal of 120 columns."""
    yield from _wrapped(HEAD)
    yield "  ".join("-" * width for width in WIDEST)
    for error in errors:
        yield from _wrapped((str(error.row) if error.row else "all", error.field, error.message, error.remedy))


def _wrapped(cells: tuple[str, ...]) -> Iterator[str]:
    columns = [wrap(cell, width) or [""] for cell, width in zip(cells, WIDEST, strict=True)]
    for number in range(max(len(lines) for lines in columns)):
        parts = (lines[number] if number < len(lines) else "" for lines in columns)
        yield "  ".join(part.ljust(width) for part, width in zip(parts, WIDEST, strict=True)).rstrip()
