"""Everything an assessor's page shows of one comparison, and nothing that tells the pipelines apart."""

from dataclasses import dataclass

from apps.assessment.domain.rendering import render_markdown
from apps.assessment.models import Assignment, Comparison
from apps.assessment.queries.checks import shown_texts
from apps.buckets.models import TaskImage


@dataclass(frozen=True)
class Picture:
    """`number` counts from 1 and stands for the picture in its address; the size is in pixels."""

    number: int
    alt: str
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Sheet:
    """`answers` are safe HTML with leaks masked, left then right; which pipeline that is stays on the server."""

    place: Assignment
    instruction: str
    language: str
    pictures: tuple[Picture, ...]
    answers: tuple[str, str]
    guidelines: str


def judging_sheet(given: Assignment) -> Sheet:
    """Few queries whatever is shown; answers come without their traces.

    The only way by which an answer reaches an assessor: `shown_texts` lays masks. A check looks like any other."""
    rows = Assignment.objects.select_related(
        "evaluation", "comparison__task", "comparison__answer_a", "comparison__answer_b"
    )
    place = rows.defer("comparison__answer_a__trace", "comparison__answer_b__trace").get(pk=given.pk)
    comparison = place.comparison
    shown = tuple(render_markdown(text) for text in shown_texts(comparison))
    left, right = shown if place.a_on_left else shown[::-1]
    return Sheet(
        place=place,
        instruction=comparison.task.instruction,
        language=comparison.task.language,
        pictures=pictures_of(place),
        answers=(left, right),
        guidelines=render_markdown(place.evaluation.guidelines),
    )


def pictures_of(place: Assignment) -> tuple[Picture, ...]:
    task = Comparison.objects.filter(pk=place.comparison_id).values("task")
    shown = TaskImage.objects.filter(task__in=task).select_related("image").order_by("position")
    return tuple(
        Picture(number=number, alt=item.alt, width_px=item.image.width_px, height_px=item.image.height_px)
        for number, item in enumerate(shown, start=1)
    )
