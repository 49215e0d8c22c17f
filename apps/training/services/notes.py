"""What a training process writes down as it goes: where it is, its curves, and what the model says meanwhile."""

from __future__ import annotations

import io
import logging
import math
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from apps.training.domain.storable import storable
from apps.training.models import TrainingPoint, TrainingSample
from apps.training.services.claims import hold
from inference.models.pictures import open_picture
from inference.vlm.training.look import Looker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from apps.training.models import Training
    from inference.vlm.recipe import Recipe
    from inference.vlm.training.hooks import Saved
    from inference.vlm.training.look import Asked, Look

logger = logging.getLogger(__name__)
LOOKS = 10  # at most, of a stage, beside the first
PICTURE_PX = 256
CURVES = (("loss", "loss"), ("right", "eval_rewards/accuracies"))  # of preferences that are held out, the second
LONGEST = 1000  # characters of what is shown


class Notes:
    """A database that is away loses points of curves, never the training."""

    def __init__(self, training: Training, recipe: Recipe) -> None:
        self.training, self.evaluation = training, recipe.evaluation
        self.places = {stage.id: place for place, stage in enumerate(recipe.stages, 1)}
        self.looker: Looker | None = None
        seen = training.points.filter(right__isnull=False)
        self.looked: dict[str, int] = dict(seen.order_by("place", "step").values_list("stage", "step"))

    def tell(self, facts: Mapping[str, Any]) -> None:
        self.safely(lambda: self.write(facts))

    def write(self, facts: Mapping[str, Any]) -> None:
        stage, step = str(facts["stage"]), int(facts["step"])
        where = {"stage": stage, "place": self.places[stage], "step": step, "steps": int(facts["steps"])}
        values = {name: float(facts[key]) for name, key in CURVES if key in facts}
        if hold(self.training).update(**where, again=False, error="") and values:
            self.point(stage, step, **values)

    def saved(self, saved: Saved) -> None:
        self.safely(lambda: self.mark(saved))
        if saved.stage.labels is None and self.is_due(saved):
            self.safely(lambda: self.look(saved))

    def mark(self, saved: Saved) -> None:
        stage = saved.stage.id
        where = {"stage": stage, "place": self.places[stage], "step": saved.step, "steps": saved.steps}
        hold(self.training).update(**where, saved_step=saved.step, losses=0, again=False)

    def is_due(self, saved: Saved) -> bool:
        """At the beginning, at the end, and some times between."""
        if self.evaluation is None:
            return False
        last = self.looked.get(saved.stage.id)
        return last is None or saved.step == saved.steps or saved.step - last >= saved.steps / LOOKS

    def look(self, saved: Saved) -> None:
        try:
            if self.looker is None and self.evaluation is not None:
                self.looker = Looker(saved.vlm, self.evaluation, settings.MODEL_DIR)
                self.keep_questions(self.looker.asked)
            seen = self.looker.look(saved.vlm) if self.looker else None
        except Exception:
            logger.exception("training %s: the model can't be asked, so nothing is shown", self.training.public_id)
            self.evaluation = None
            return
        if seen is not None:
            self.looked[saved.stage.id] = saved.step
            self.keep(saved, seen)

    def keep_questions(self, asked: list[Asked]) -> None:
        for number, question in enumerate(asked, 1):
            picture = None if question.picture is None else small_png(question)
            shown = storable({"instruction": question.instruction[:LONGEST], "expected": question.expected[:LONGEST]})
            TrainingSample.objects.get_or_create(
                training=self.training, number=number, defaults={**shown, "picture": picture}
            )

    def keep(self, saved: Saved, seen: Look) -> None:
        stage = saved.stage.id
        self.point(stage, saved.step, right=seen.right / max(seen.counted, 1))
        for sample, text in zip(self.training.samples.order_by("number"), seen.said, strict=False):
            here = {"place": self.places[stage], "stage": stage, "step": saved.step}
            others = [said for said in sample.said if (said["place"], said["step"]) != (here["place"], saved.step)]
            sample.said = [*others, {**here, "text": storable(text)[:LONGEST]}]
            sample.save(update_fields=["said"])

    def point(self, stage: str, step: int, **value: float) -> None:
        if all(math.isfinite(number) for number in value.values()):
            place = self.places[stage]
            when = {"at": timezone.now()} if "loss" in value else {}
            TrainingPoint.objects.update_or_create(
                training=self.training, place=place, step=step, defaults={"stage": stage, **value, **when}
            )

    def safely(self, write: Callable[[], object]) -> None:
        try:
            write()
        except Error:
            logger.warning("training %s: notes could not be written", self.training.public_id, exc_info=True)
            connection.close()


def small_png(question: Asked) -> bytes:
    if question.picture is None:
        return b""
    picture = open_picture(question.picture)
    picture.thumbnail((PICTURE_PX, PICTURE_PX))
    picture.info = {}
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
