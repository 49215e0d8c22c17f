"""`manage.py build_index text NAME FILE` and `… pictures NAME FILE`: a researcher's own documents and pictures."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.errors import ModelUnavailable
from inference.retrieval.building import TOLD_FAULTS, BadInput, build_catalogue, build_corpus

BAR = 30
EVERY_SECONDS = 0.2
PIECE_BYTES = 1_000_000


class Command(BaseCommand):
    help = "Build a text index from documents, or a picture index from labelled pictures, both listed in a JSONL file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        for kind, told in (
            ("text", "each line has id, title, text and source"),
            ("pictures", "each line has id, title, description, tags (a list), source and picture (a file)"),
        ):
            chosen = kinds.add_parser(kind, help=told)
            chosen.add_argument("name", help="what pipelines call it (corpus: or catalogue:)")
            chosen.add_argument("file", type=Path, help="a JSONL file: one JSON object a line")
            chosen.add_argument("--replace", action="store_true", help="take the place of one with this name")
            if kind == "pictures":
                chosen.add_argument(
                    "--folder", type=Path, help="where the pictures are; the file's own folder by default"
                )
                chosen.add_argument("--encoder", default="descriptor@1", help="see docs/indexes.md")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        if not source.is_file():
            raise CommandError(f"There is no file {source}.")
        started = time.monotonic()
        try:
            count = self.build(source, options)
        except ModelUnavailable as error:
            raise CommandError(str(error)) from error
        except BadInput as error:
            raise CommandError(self.told(error)) from error
        self.stdout.write(f"{options['name']}: {count:,} rows in {time.monotonic() - started:.1f} s")

    def build(self, source: Path, options: dict[str, Any]) -> int:
        rows = count_lines(source)

        def progress(stage: str) -> Callable[[], None]:
            return Bar(stage, rows, sys.stderr).advance

        name, replace = options["name"], options["replace"]
        if options["kind"] == "text":
            return build_corpus(source, name, settings.MODEL_DIR, replace=replace, progress=progress)
        folder = options["folder"] or source.parent
        return build_catalogue(
            source, name, options["encoder"], settings.MODEL_DIR, pictures=folder, replace=replace, progress=progress
        )

    def told(self, error: BadInput) -> str:
        lines = [f"{error} Nothing was written.", *(f"  {fault}" for fault in error.faults)]
        if error.count > TOLD_FAULTS:
            lines.append(f"  … and {error.count - TOLD_FAULTS:,} more")
        if error.count:
            lines.append(f"{error.count:,} faults in all; correct them and run the command again.")
        return "\n".join(lines)


def count_lines(source: Path) -> int:
    """In pieces, for a line may be as long as the file; a last one without its end counts too."""
    count, last = 0, b"\n"
    with source.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            count += piece.count(b"\n")
            last = piece
    return count + (not last.endswith(b"\n"))


class Bar:
    """A bar that moves on a terminal; elsewhere one line when the stage is done."""

    def __init__(self, stage: str, total: int, out: TextIO) -> None:
        self.stage, self.total, self.out = stage, max(1, total), out
        self.done, self.shown_at = 0, 0.0

    def advance(self) -> None:
        self.done += 1
        is_last, now = self.done == self.total, time.monotonic()
        if is_last or (self.out.isatty() and now - self.shown_at > EVERY_SECONDS):
            self.shown_at = now
            filled = BAR * self.done // self.total
            start, end = ("\r", "\n" if is_last else "") if self.out.isatty() else ("", "\n")
            bar = "█" * filled + "·" * (BAR - filled)
            self.out.write(f"{start}{self.stage:<9} {bar} {self.done:,} of {self.total:,}{end}")
            self.out.flush()
