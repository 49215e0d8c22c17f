"""`manage.py model_memory pipeline.yaml`"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.engines import engines
from inference.errors import ModelUnavailable
from inference.spec import SpecError, parse_spec

if TYPE_CHECKING:
    from inference.spec.model import ModelSpec


class Command(BaseCommand):
    help = "Say how much memory the models of a pipeline need on this machine, and whether they fit. Loads nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pipeline", type=Path, help="the pipeline's YAML")

    def handle(self, *args: Any, pipeline: Path, **options: Any) -> None:
        try:
            spec = parse_spec(pipeline.read_text())
        except (OSError, UnicodeDecodeError, SpecError) as error:
            raise CommandError(f"{pipeline} can't be read: {error}") from error
        bases: dict[str, str] = {}
        misfits = [name for name, model in spec.models.items() if not self.tell(name, model, bases)]
        if misfits:
            raise CommandError(f"No room here for: {', '.join(misfits)}.")

    def tell(self, name: str, spec: ModelSpec, bases: dict[str, str]) -> bool:
        """Whether the model fits. `bases` are those told before: models that differ in their LoRA alone are one."""
        if not engines()[spec.engine].in_process:
            self.stdout.write(f"{name}: {spec.source} at the endpoint {spec.endpoint} takes no memory here")
            return True
        base = spec.model_copy(update={"lora": None, "batch_size": 1}).model_dump_json()
        if base in bases:
            self.stdout.write(f"{name}: {spec.source} again, which is in memory for {bases[base]}; its LoRA is small")
            return True
        bases[base] = name
        from inference.models.free_memory import gigabytes  # torch: no other command waits for it
        from inference.models.weights import memory_of

        try:
            need, device, free = memory_of(spec, settings.MODEL_DIR)
        except ModelUnavailable as error:
            raise CommandError(f"{name}: {error}") from error
        self.stdout.write(f"{name}: {spec.source} on {device}, where {gigabytes(free)} are free")
        self.stdout.write(f"  weights {gigabytes(need.weights)}")
        self.stdout.write(f"  with {need.rows} answers of {need.least_tokens} tokens at least {gigabytes(need.least)}")
        self.stdout.write(f"  with {need.rows} answers of {need.most_tokens} tokens at most {gigabytes(need.most)}")
        return need.least <= free
