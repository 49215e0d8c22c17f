"""Names of models: one that exists is never trained over, and nobody goes on with another's work by its name."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.training.models import UNFINISHED, TrainedModel, Training, TrainingState
from inference.errors import SpecError
from inference.models.shipped import WEIGHTS
from inference.vlm.model_folder import model_folders
from inference.vlm.recipe import parse_recipe

if TYPE_CHECKING:
    from apps.accounts.models import User

LONGEST = 40
KEPT = Q(saved_step__gt=0) | Q(place__gt=1) | Q(state__in=UNFINISHED)


def reason_against_name(name: str, writer: User) -> str:
    """Why `writer` can't train a model of this name; not empty for one that is listed, lies in the model folder or
    comes with the platform, and while another's training of this name has work to go on with.
    """
    if is_model(name):
        return _("There is a model “%(name)s” already, and pipelines may name it. Give the new one another name.") % {
            "name": name
        }
    others = Training.objects.filter(KEPT, name=name).exclude(state=TrainingState.DONE).exclude(created_by=writer)
    if other := others.select_related("created_by").first():
        return _("%(author)s has a training of “%(name)s” that can go on. Give the model another name.") % {
            "author": other.created_by,
            "name": name,
        }
    return ""


def is_model(name: str) -> bool:
    if TrainedModel.objects.filter(name=name).exists() or (WEIGHTS / name).is_dir():
        return True
    return any(folder.name == name for folder in model_folders(settings.MODEL_DIR))


def with_free_name(source: str, writer: User) -> str:
    """The recipe with `my-…` for a name that can't be trained; as it is where it can't be read."""
    try:
        name = parse_recipe(source).model.name
    except SpecError:
        return source
    if not reason_against_name(name, writer):
        return source
    names = (f"my-{name}"[: LONGEST - len(end)] + end for end in ("" if n == 1 else f"-{n}" for n in count(1)))
    free = next(other for other in names if not reason_against_name(other, writer))
    return re.sub(rf"(\bname: *[\"']?){re.escape(name)}(?![\w-])", rf"\g<1>{free}", source, count=1)
