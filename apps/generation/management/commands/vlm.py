"""Vision-language models: what one costs, what one learns from, and its training. The work is in `inference.vlm`."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.training.services import NoModel, announce_model, reason_to_refuse
from inference.errors import ModelUnavailable, NotANumber, SpecError


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Vision-language models: describe one, preview a recipe's data, train it (YAML files, see docs/vlm.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        describe = verbs.add_parser("describe", help="parts, parameters, image tokens, context left")
        describe.add_argument("file", type=Path, help="an architecture or a recipe")
        preview = verbs.add_parser("preview", help="ten samples of each stage as the model reads them; bad rows")
        preview.add_argument(
            "file", type=Path, help="a recipe: a file, or the name of one that comes with the platform"
        )
        train = verbs.add_parser("train", help="all stages of a recipe; goes on where an earlier call was cut off")
        train.add_argument("file", type=Path, help="a recipe")
        train.add_argument("--again", action="store_true", help="forget what earlier calls have trained")
        train.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
        train.add_argument(
            "--replace",
            action="store_true",
            help="also where the name is that of an unpacked model, or of one that another recipe made",
        )
        register = verbs.add_parser("register", help="list models of MODEL_DIR/vlm among the site's models")
        register.add_argument("file", nargs="?", help="a model's name; by default all")
        pack = verbs.add_parser(
            "pack", help="a finished training as a small folder to ship, evaluated as it is shipped"
        )
        pack.add_argument("file", type=Path, help="a recipe that was trained to its end")
        pack.add_argument("--to", type=Path, default=None, help="the folder; by default inference/vlm/weights/<name>")
        unpack = verbs.add_parser("unpack", help="packed models as folders that pipelines name")
        unpack.add_argument("file", type=Path, nargs="?", help="a packed folder; by default all that are shipped")
        easy_vqa = verbs.add_parser("easy-vqa", help="make training data from the package easy-vqa")
        easy_vqa.add_argument("file", type=Path, nargs="?", default=settings.MODEL_DIR / "vlm" / "data" / "easy-vqa")
        tasks = verbs.add_parser("tasks", help="make the sets for the recipes captioner and rephraser, after easy-vqa")
        tasks.add_argument("file", type=Path, nargs="?", default=settings.MODEL_DIR / "vlm" / "data" / "easy-vqa")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verb = getattr(self, options["verb"].replace("-", "_"))
            verb(options["file"], **given(options, "again", "device", "to", "replace"))
        except SpecError as error:
            told = "\n".join(f"line {found.line}: {found.key}: {found.message}" for found in error.problems)
            raise CommandError(told) from None
        except (ModelUnavailable, NotANumber, OSError) as error:
            raise CommandError(str(error)) from None

    def describe(self, file: Path) -> None:
        from inference.vlm.build import build_vlm
        from inference.vlm.describe import describe, lines
        from inference.vlm.recipe import read_architecture

        for line in lines(describe(build_vlm(read_architecture(file), settings.MODEL_DIR))):
            self.stdout.write(line)

    def preview(self, file: Path) -> None:
        from inference.vlm.build import build_vlm
        from inference.vlm.data.preview import preview
        from inference.vlm.recipe import read_recipe

        recipe = read_recipe(file)
        vlm = build_vlm(recipe.model, settings.MODEL_DIR)
        for stage in recipe.stages:
            for line in preview(vlm, stage, settings.MODEL_DIR):
                self.stdout.write(line)

    def train(self, file: Path, *, again: bool, device: str, replace: bool) -> None:
        from inference.vlm.recipe import read_recipe
        from inference.vlm.training.run import train

        recipe = read_recipe(file)
        if not replace and (reason := reason_to_refuse(recipe)):
            raise CommandError(reason)
        folder = train(recipe, settings.MODEL_DIR, self.tell, again=again, device=device, replace_unpacked=replace)
        self.stdout.write(f"{folder}: see README.md there")
        self.stdout.write(announce_model(folder))

    def register(self, name: str | None) -> None:
        cards = sorted((settings.MODEL_DIR / "vlm").glob("*/card.json"))
        for folder in [settings.MODEL_DIR / "vlm" / name] if name else [card.parent for card in cards]:
            try:
                self.stdout.write(f"{folder}: {announce_model(folder)}")
            except NoModel as reason:
                raise CommandError(str(reason)) from None

    def pack(self, file: Path, *, to: Path | None) -> None:
        from inference.vlm.packed.write import pack
        from inference.vlm.recipe import read_recipe

        folder = pack(read_recipe(file), settings.MODEL_DIR, self.stdout.write, to)
        self.stdout.write(f"{folder}: see README.md there")

    def unpack(self, file: Path | None) -> None:
        from inference.vlm.packed.unpack import shipped, unpack

        for packed in [file] if file else shipped():
            folder = unpack(packed, settings.MODEL_DIR)
            self.stdout.write(f"{folder}: {announce_model(folder)}")

    def tell(self, facts: Mapping[str, Any]) -> None:
        self.stdout.write("  ".join(f"{name} {value}" for name, value in facts.items()))
        self.stdout.flush()

    def easy_vqa(self, folder: Path) -> None:
        from inference.vlm.data.easy_vqa import write_easy_vqa

        for name, rows in write_easy_vqa(folder).items():
            self.stdout.write(f"{folder / name}.jsonl: {rows:,} rows")

    def tasks(self, folder: Path) -> None:
        from inference.vlm.data.tasks import write_tasks

        catalogue = settings.BASE_DIR / "demo" / "catalogue" / "catalogue.jsonl"
        for name, rows in write_tasks(folder, catalogue).items():
            self.stdout.write(f"{folder / name}.jsonl: {rows:,} rows")


def given(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}
