"""Reads for the pages of pipelines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max

from apps.pipelines.models import Pipeline, PipelineRevision
from inference.readers import has_tesseract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from apps.accounts.models import User

READ_TEXT = {"ocr", "visual_search"}
TRAINED = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")


@dataclass(frozen=True)
class StepSummary:
    """One step as a reader wants to see it; `inputs` are (name, reference), `settings` (name, value).

    `card` is the name of a model that was trained here, `lora_card` that of such a LoRA. `reads_english_only`: it reads
    text in pictures, and this machine lacks what reads Russian.
    """

    id: str
    uses: str
    inputs: list[tuple[str, str]]
    model: str
    settings: list[tuple[str, str]]
    card: str = ""
    lora: str = ""
    lora_card: str = ""
    reads_english_only: bool = False


def pipeline_list(user: User) -> QuerySet[Pipeline]:
    """With `revision_count` and `revised_at`, the newest work first."""
    counted = Pipeline.objects.visible_to(user).annotate(
        revision_count=Count("revisions"), revised_at=Max("revisions__created_at")
    )
    return counted.order_by("-revised_at", "name")


def revisions_of(pipeline: Pipeline) -> QuerySet[PipelineRevision]:
    """Newest first, with who made them."""
    return pipeline.revisions.select_related("created_by").defer("spec", "source").order_by("-number")


def latest_revision(pipeline: Pipeline) -> PipelineRevision:
    return pipeline.revisions.select_related("created_by").latest("number")


def earlier_revision(revision: PipelineRevision, against: str) -> PipelineRevision | None:
    """The one to compare with: revision number `against` where that is one, else the one before."""
    others = revision.pipeline.revisions.exclude(pk=revision.pk)
    number = int(against) if against.isdecimal() and len(against) < 10 else None
    asked = others.filter(number=number).first() if number is not None else None
    return asked or others.filter(number__lt=revision.number).order_by("-number").first()


def step_summaries(revision: PipelineRevision) -> list[StepSummary]:
    """The steps of a stored definition, in order. Reads the stored data as it is, whatever version wrote it."""
    models: dict[str, Any] = revision.spec.get("models", {})
    return [step_summary(step, models) for step in revision.spec.get("steps", [])]


def step_summary(step: Mapping[str, Any], models: Mapping[str, Any]) -> StepSummary:
    model = models.get(step.get("model") or "", {})
    settings = {**(step.get("with") or {}), **(step.get("sampling") or {})}
    return StepSummary(
        id=step["id"],
        uses=step["uses"],
        inputs=sorted(step.get("in", {}).items()),
        model=model.get("source", ""),
        card=trained_here(model.get("source", "")),
        lora=model.get("lora") or "",
        lora_card=trained_here(model.get("lora") or ""),
        settings=[(name, told(value)) for name, value in sorted(settings.items()) if value not in (None, [], {})],
        reads_english_only=step["uses"] in READ_TEXT and settings.get("read_text", True) and not has_tesseract(),
    )


def trained_here(source: str) -> str:
    """The name of the model in `./vlm/<name>`, else nothing."""
    name = source.removeprefix("./vlm/")
    return name if name != source and TRAINED.match(name) else ""


def told(value: object) -> str:
    """A setting as one would write it in a line."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {told(part)}" for name, part in sorted(value.items()))
    return ", ".join(told(part) for part in value) if isinstance(value, list) else str(value)
