"""Finished checkpoints become rows that pages and pipelines can speak of."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now

from apps.audit.services import record
from apps.training.domain.storable import storable
from apps.training.models import TrainedModel

if TYPE_CHECKING:
    from pathlib import Path

    from apps.accounts.models import User
from inference.models.gguf import sha256_of

CARD, README = "card.json", "README.md"


class NoModel(Exception):
    """The folder holds no finished model; the message says what is missing."""


def register_model(*, actor: User | None, folder: Path, maker: User | None = None) -> TrainedModel:
    """The model in `folder`, which names it; `maker` trained it on the site. Reads all its files. Known weights keep
    their row. Raises NoModel.
    """
    files, card = file_hashes(folder), read_card(folder)
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    readme = (folder / README).read_text() if (folder / README).is_file() else ""
    with transaction.atomic():
        model, is_new = TrainedModel.objects.get_or_create(
            name=folder.name, sha256=digest, defaults={"files": files, "made_by": maker}
        )
        TrainedModel.objects.filter(pk=model.pk).update(card=storable(card), readme=storable(readme), placed_at=Now())
        if is_new:
            record(actor, "model.registered", model, name=model.name, sha256=digest)
    model.refresh_from_db()
    return model


def file_hashes(folder: Path) -> dict[str, str]:
    """Of all that decides what the model answers, by name."""
    found = {}
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        if path.is_file() and path.name not in (CARD, README):
            found[path.name] = sha256_of(path)
    if not any(name.endswith(".safetensors") for name in found):
        raise NoModel(f"There are no weights in {folder}: train one by manage.py vlm train RECIPE.")
    return found


def read_card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / CARD).read_text())
    except (OSError, ValueError) as error:
        raise NoModel(f"{folder} has no card.json that can be read, so nobody knows what it was made of.") from error
    if not isinstance(card, dict):
        raise NoModel(f"{folder / CARD} holds no card.")
    return card
