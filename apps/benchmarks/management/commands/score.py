"""`manage.py score PROTOCOL FILE.json`: score a file of predictions without our pipelines."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from apps.benchmarks.prediction_files import read_predictions, score_items
from apps.benchmarks.protocols import UnknownProtocol, find_protocol, protocols

SHOWN = 50


class Command(BaseCommand):
    help = "Score predictions by a protocol; without arguments, list the protocols and the fields of their items."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("protocol", nargs="?", help="name and version, as vqa_v2_official@1")
        parser.add_argument("file", nargs="?", type=Path, help="JSON with {items: [...]}; - reads standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["protocol"] is None:
            self._list()
            return
        try:
            protocol = find_protocol(options["protocol"])
        except UnknownProtocol:
            known = ", ".join(protocols())
            words = gettext("There is no protocol %(name)s. Known are: %(known)s")
            raise CommandError(words % {"name": options["protocol"], "known": known}) from None
        if options["file"] is None:
            raise CommandError(gettext("Name a file of predictions, or - for standard input."))
        try:
            predictions = read_predictions(_read(options["file"]), protocol)
        except ValueError as error:
            raise CommandError(str(error)) from None
        for bad in predictions.bad[:SHOWN]:
            words = gettext("Item %(place)s (%(id)s) is left out: %(why)s")
            self.stderr.write(words % {"place": bad.place, "id": bad.id, "why": bad.message})
        if not predictions.items:
            raise CommandError(gettext("None of %(found)d items can be scored.") % {"found": len(predictions.bad)})
        if predictions.bad:
            words = gettext("%(bad)d items are left out, %(good)d are scored.")
            self.stderr.write(words % {"bad": len(predictions.bad), "good": len(predictions.items)})
        result = score_items(protocol, predictions.items, predictions.texts)
        for row, given in zip(result["items"], predictions.ids, strict=True):
            row["id"] = given
        result["bad"] = [asdict(bad) for bad in predictions.bad]
        result["missing"] = protocol.missing()
        for message in result["missing"].values():
            self.stderr.write(message)
        self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _list(self) -> None:
        for name, protocol in protocols().items():
            self.stdout.write(f"{name}  {protocol.title}")
            for field, meaning in (protocol.fields or {}).items():
                self.stdout.write(f"    {field}: {meaning}")


def _read(path: Path) -> object:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
        return json.loads(text)
    except OSError as error:
        words, why = gettext("%(path)s can't be read: %(error)s. Check its name."), error.strerror
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        words, why = gettext("%(path)s is not JSON in UTF-8: %(error)s. Correct it there."), str(error)
    except RecursionError:
        words, why = gettext("%(path)s nests lists or objects too deeply. Give a list of flat items."), ""
    except ValueError:
        words, why = gettext("%(path)s holds a whole number of thousands of digits. Write it in quotes."), ""
    raise CommandError(words % {"path": path, "error": why})
