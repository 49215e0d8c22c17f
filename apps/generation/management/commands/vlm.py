"""Vision-language models: what one costs. The work is in `inference.vlm`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.errors import ModelUnavailable, SpecError


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Vision-language models: describe an architecture (a YAML file, see docs/vlm.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("describe", help="parts, parameters, image tokens, context left").add_argument(
            "file", type=Path
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options["file"])
        except SpecError as error:
            told = "\n".join(f"line {found.line}: {found.key}: {found.message}" for found in error.problems)
            raise CommandError(told) from None
        except (ModelUnavailable, OSError) as error:
            raise CommandError(str(error)) from None

    def describe(self, file: Path) -> None:
        from inference.vlm.architecture import parse_architecture
        from inference.vlm.build import build_vlm
        from inference.vlm.describe import describe, lines

        vlm = build_vlm(parse_architecture(file.read_text()), settings.MODEL_DIR)
        for line in lines(describe(vlm)):
            self.stdout.write(line)
