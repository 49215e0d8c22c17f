"""What is asked of one comparison and what can be marked in it, as its assessor meets them."""

import json
from collections.abc import Iterable

from apps.assessment.domain.anchors import shown_text
from apps.assessment.domain.marks import Shown
from apps.assessment.domain.outcomes import in_shown_order
from apps.assessment.domain.verdicts import rating_shown
from apps.assessment.models import Assignment, Criterion, CriterionKind, Judgment, Mark, Rating
from apps.assessment.queries.sheets import loaded_comparison, pictures_of, shown_answers


def in_order(criteria: Iterable[Criterion], place: Assignment, assessor_id: int | None) -> list[Criterion]:
    """As they are shown to the person at this place; the evaluation decides whether the order is drawn."""
    by_key = {criterion.key: criterion for criterion in criteria}
    evaluation = place.evaluation
    keys = in_shown_order(
        list(by_key),
        evaluation.criteria_order,
        seed=evaluation.seed,
        assessor=assessor_id or 0,
        comparison=place.comparison_id,
    )
    return [by_key[key] for key in keys]


def criteria_shown(place: Assignment) -> list[Criterion]:
    return in_order(place.evaluation.criteria.all(), place, place.assessor_id)


def shown_to_mark(place: Assignment, *, with_pictures: bool = True) -> Shown:
    """Both answers as text exactly as the page shows them: masks laid, markup gone, left then right. Without
    `with_pictures` none is counted."""
    left, right = (shown_text(html) for html in shown_answers(loaded_comparison(place), a_on_left=place.a_on_left))
    return Shown(texts=(left, right), pictures=len(pictures_of(place)) if with_pictures else 0)


def said_before(judgment: Judgment) -> dict[str, object]:
    """What the form of a correction starts from, beside verdict and comment."""
    said: dict[str, object] = {"contradiction": judgment.contradiction}
    for rating in judgment.ratings.select_related("criterion"):
        said |= rating_said(rating, judgment.a_on_left)
    if marks := marks_said(judgment):
        said["marks"] = json.dumps(marks, ensure_ascii=False)
        said |= {f"faults_{mark['answer']}": "marked" for mark in marks}
    return said


def rating_said(rating: Rating, a_on_left: bool) -> dict[str, object]:
    key, kind = rating.criterion.key, rating.criterion.kind
    values = (rating.value_a, rating.value_b) if a_on_left else (rating.value_b, rating.value_a)
    if kind == CriterionKind.ABSOLUTE:
        return {f"{key}_{number}": points for number, points in enumerate(values, start=1)}
    if kind == CriterionKind.MARKS:
        return {f"faults_{number}": "none" for number, marks in enumerate(values, start=1) if marks == 0}
    return {key: rating_shown(rating.preference or 0, a_on_left=a_on_left)}


def marks_said(judgment: Judgment) -> list[dict[str, object]]:
    """The judgment's marks as the form sends them, in the assessor's terms."""
    return [mark_said(mark, judgment.a_on_left) for mark in judgment.marks.order_by("pk")]


def mark_said(mark: Mark, a_on_left: bool) -> dict[str, object]:
    said: dict[str, object] = {
        "answer": 1 if (mark.side == "a") == a_on_left else 2,
        "kind": mark.kind,
        "severity": mark.severity,
        "note": mark.note,
    }
    if mark.start is not None:
        said |= {"start": mark.start, "end": mark.end, "quote": mark.quote}
    if mark.picture is not None:
        region = {"left": mark.left_permille, "top": mark.top_permille}
        region |= {"width": mark.width_permille, "height": mark.height_permille}
        said["region"] = {"picture": mark.picture, **region}
    return said
