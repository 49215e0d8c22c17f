"""Everything an assessor's page shows of one comparison, and nothing that tells the pipelines apart."""

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.assessment.domain.rendering import render_markdown
from apps.assessment.models import Assignment, Comparison
from apps.assessment.queries.checks import CHECK_PARTS, shown_texts
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


def judging_sheet(place: Assignment) -> Sheet:
    """Three queries whatever is shown. A check looks like any other comparison."""
    place.comparison = comparison = loaded_comparison(place)
    return Sheet(
        place=place,
        instruction=comparison.task.instruction,
        language=comparison.task.language,
        pictures=pictures_of(place),
        answers=shown_answers(comparison, a_on_left=place.a_on_left),
        guidelines=render_markdown(place.evaluation.guidelines),
    )


def loaded_comparison(place: Assignment) -> Comparison:
    """With everything that is shown of it; answers come without their traces."""
    rows = Comparison.objects.select_related("task", "answer_a", "answer_b", *CHECK_PARTS * place.is_check)
    return rows.defer("answer_a__trace", "answer_b__trace").get(pk=place.comparison_id)


def shown_answers(comparison: Comparison, *, a_on_left: bool) -> tuple[str, str]:
    """The only way by which an answer reaches an assessor: `shown_texts` lays masks. Safe HTML, left then right."""
    a, b = (render_markdown(text) for text in shown_texts(comparison))
    return (a, b) if a_on_left else (b, a)


def pictures_of(place: Assignment) -> tuple[Picture, ...]:
    task = Comparison.objects.filter(pk=place.comparison_id).values("task")
    return pictures_in(TaskImage.objects.filter(task__in=task))


def pictures_in(images: QuerySet[TaskImage]) -> tuple[Picture, ...]:
    """Of one task."""
    shown = images.select_related("image").order_by("position")
    return tuple(
        Picture(number=number, alt=item.alt, width_px=item.image.width_px, height_px=item.image.height_px)
        for number, item in enumerate(shown, start=1)
    )
