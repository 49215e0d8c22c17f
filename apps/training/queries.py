"""Reads for the pages of models and trainings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from apps.pipelines.models import Pipeline, PipelineRevision
from apps.pipelines.queries import TRAINED
from apps.training.domain.curves import draw
from apps.training.models import TrainedModel, Training, TrainingPoint, TrainingState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.training.domain.curves import Curve

RATE_POINTS = 10  # the last ones, from which the time left is told


@dataclass(frozen=True)
class StageCurves:
    """`place` counts stages from 1."""

    place: int
    stage: str
    loss: Curve | None
    right: Curve | None


@dataclass(frozen=True)
class Use:
    """A revision that names the model. `is_older`: it was written while other weights lay under this name."""

    revision: PipelineRevision
    is_older: bool


def models_of(user: User) -> QuerySet[TrainedModel]:
    return TrainedModel.objects.visible_to(user).select_related("made_by").defer("readme")


def trainings_of(user: User) -> QuerySet[Training]:
    """All but those that ended in a model, which is listed itself."""
    trainings = Training.objects.visible_to(user).exclude(state=TrainingState.DONE)
    return trainings.select_related("created_by").defer("source", "report")


def latest_model(user: User, name: str) -> TrainedModel | None:
    """The one whose weights lie in the folder."""
    return TrainedModel.objects.visible_to(user).filter(name=name).order_by("-placed_at").first()


def unlisted_names() -> list[str]:
    """Of models in the model folder that no row speaks of."""
    listed = set(TrainedModel.objects.values_list("name", flat=True))
    cards = (settings.MODEL_DIR / "vlm").glob("*/card.json")
    names = {card.parent.name for card in cards}
    return sorted(name for name in names - listed if TRAINED.match(name))


def others_of_name(model: TrainedModel) -> QuerySet[TrainedModel]:
    """Other weights that were registered under the same name, the latest first."""
    return TrainedModel.objects.filter(name=model.name).exclude(pk=model.pk).order_by("-placed_at")


def uses_of(user: User, model: TrainedModel) -> list[Use]:
    """Of revisions that `user` may see, the newest first."""
    revisions = PipelineRevision.objects.filter(pipeline__in=Pipeline.objects.visible_to(user))
    naming = revisions.filter(source__contains=model.source).select_related("pipeline").order_by("-created_at")
    earlier = others_of_name(model).filter(registered_at__lt=model.registered_at).exists()
    return [
        Use(revision, is_older=earlier and revision.created_at < model.registered_at)
        for revision in naming
        if names(revision.spec, model.source)
    ]


def names(spec: Mapping[str, Any], source: str) -> bool:
    """Whether a model of the definition is that one, or a LoRA is."""
    return any(source in (model.get("source"), model.get("lora")) for model in spec.get("models", {}).values())


def curves_of(training: Training) -> list[StageCurves]:
    """A pair of curves for each stage that has begun, in order."""
    points: dict[tuple[int, str], list[TrainingPoint]] = {}
    for point in training.points.all():
        points.setdefault((point.place, point.stage), []).append(point)
    return [
        StageCurves(place, stage, _loss(training, place, found), _right(training, place, found))
        for (place, stage), found in points.items()
    ]


def _loss(training: Training, place: int, points: list[TrainingPoint]) -> Curve | None:
    return draw([(point.step, point.loss) for point in points if point.loss is not None], steps=_steps(training, place))


def _right(training: Training, place: int, points: list[TrainingPoint]) -> Curve | None:
    values = [(point.step, point.right) for point in points if point.right is not None]
    return draw(values, steps=_steps(training, place), top=1.0)


def _steps(training: Training, place: int) -> int:
    """Of the stage it is at; of those before, the last point says it."""
    return training.steps if place == training.place else 0


def milliseconds_left(training: Training) -> float | None:
    """Of the stage that it is at, by the pace of the last points of this attempt; None while nothing is known."""
    if training.state != TrainingState.RUNNING or training.started_at is None:
        return None
    passed = training.points.filter(place=training.place, loss__isnull=False, at__gte=training.started_at)
    points = list(passed.order_by("-step")[:RATE_POINTS])
    if len(points) < 2 or points[0].step == points[-1].step:
        return None
    pace = (points[0].at - points[-1].at).total_seconds() / (points[0].step - points[-1].step)
    return max(0.0, 1000 * pace * (training.steps - training.step))


def seen(training: Training) -> str:
    """Other words as soon as the page would show something else."""
    found = len(training.report.get("stages", [])), bool(training.report)
    where = training.place, training.step, training.saved_step, training.points.count()
    return "-".join(str(part) for part in (training.state, training.attempt, training.is_lost, *found, *where))
