"""Finished models, for the command line: a training is never lost to a database that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import Error

from apps.training.models import TrainedModel
from apps.training.queries import others_of_name
from apps.training.services.registry import register_model

if TYPE_CHECKING:
    from pathlib import Path

    from inference.vlm.recipe import Recipe


def announce_model(folder: Path) -> str:
    """Registers what lies in `folder`, and says so, or why not. Raises NoModel."""
    try:
        model = register_model(actor=None, folder=folder)
        replaced = others_of_name(model).first()
    except Error:
        return f"It is not listed, since the database does not answer; later: manage.py vlm register {folder.name}"
    told = f"Listed among the models as {model.name}, {model.sha256[:12]}."
    if replaced is None:
        return told
    return f"{told} Pipelines that name {model.source} were answered by {replaced.sha256[:12]} before."


def reason_to_refuse(recipe: Recipe) -> str:
    """Not empty where a model of this name is registered and another recipe made it: pipelines may name it."""
    try:
        known = TrainedModel.objects.filter(name=recipe.model.name).order_by("-placed_at").first()
    except Error:
        return ""
    if known is None:
        return ""
    made, now = known.card.get("recipe", {}), recipe.model_dump(mode="json", exclude_defaults=True)
    if all(made.get(part) == now.get(part) for part in ("model", "stages")):
        return ""
    return (
        f"Another recipe made the registered model {known.name} ({known.sha256[:12]}), and pipelines may name it. Give "
        "the new one another name, or --replace the old one."
    )
