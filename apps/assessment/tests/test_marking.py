"""Marks and scales from the form to the tables and back."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assessment.domain.sets import SETS
from apps.assessment.models import Decision, Evaluation, Judgment, LeakHit, Mark
from apps.assessment.queries import judgment_table, said_before
from apps.assessment.services import decide_leaks
from apps.assessment.tests.makers import make_evaluation
from apps.assessment.tests.pages import hidden, judge_url
from conftest import Cast

pytestmark = pytest.mark.slow

SAYS = "**Two** cats & a dog"
SAME = dict.fromkeys(["grammar", "readability", "comprehensiveness", "relevance"], "same")
PLACE = {"start": 0, "end": 3, "quote": "Two"}


def test_a_mark_is_stored_shown_again_and_superseded_with_its_judgment(cast: Cast, client: Client) -> None:
    evaluation = opened(cast)
    page, mine = page_of(client, cast, evaluation)
    region = {"picture": 1, "left": 100, "top": 200, "width": 300, "height": 400}
    marks = [mark(mine, region=region), mark(mine, "fact", start=None, end=None, quote="")]
    assert sent(client, evaluation, page, mine, marks).status_code == 302
    judgment = Judgment.objects.get()
    assert list(judgment.marks.values_list("side", "kind", "quote", "picture", "width_permille").order_by("pk")) == [
        ("a", "count", "Two", 1, 300),
        ("a", "fact", "", None, None),
    ]
    (row,) = judgment_table(evaluation)
    assert row.ratings == {**dict.fromkeys(SAME, 0), "errors": -1, "hallucinations": -1}
    assert (judgment.criteria_shown, judgment.contradiction) == ([item.key for item in SETS["standard"].criteria], "")
    said = said_before(judgment)
    again = json.loads(str(said["marks"]))
    assert again[0] == marks[0] | {"note": ""}
    assert (said[f"faults_{mine}"], said[f"faults_{3 - mine}"]) == ("marked", "none")
    change = client.get(reverse("assessment:correct", args=[judgment.public_id])).content.decode()
    client.post(reverse("assessment:correct", args=[judgment.public_id]), form(change, mine, again[:1]))
    assert [(item.marks.count(), item.is_current) for item in Judgment.objects.order_by("pk")] == [
        (2, False),
        (1, True),
    ]
    assert judgment_table(evaluation)[0].ratings["errors"] == 0
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Mark.objects.update(kind="fact")


def test_what_was_not_shown_or_not_looked_at_is_refused_and_nothing_is_stored(cast: Cast, client: Client) -> None:
    evaluation = opened(cast)
    page, mine = page_of(client, cast, evaluation)
    for change, words in (
        ({"marks": json.dumps([mark(mine, quote="two")])}, "Mark 1 does not stand where it says"),
        ({"marks": json.dumps([mark(mine), mark(mine, region={"picture": 1})])}, "Mark 2 is not a mark: region.left"),
        ({f"faults_{3 - mine}": ""}, "or say that you saw nothing wrong"),
        ({f"faults_{mine}": "none"}, "or say that you saw nothing wrong"),
    ):
        answer = client.post(judge_url(evaluation), form(page, mine, [mark(mine)]) | change)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Judgment.objects.exists()


def test_a_program_says_kinds_without_places_and_is_asked_once_about_a_contradiction(
    cast: Cast, client: Client
) -> None:
    evaluation = opened(cast)
    page, mine = page_of(client, cast, evaluation)
    better = "left" if mine == 1 else "right"
    data = form(page, mine, []) | {"verdict": better, f"wrong_{mine}": ["count", "logic"], f"faults_{mine}": ""}
    asked = client.post(judge_url(evaluation), data)
    assert asked.status_code == 422
    assert 'name="contradiction" value="kept"' in asked.content.decode()
    assert client.post(judge_url(evaluation), data | {"contradiction": "kept"}).status_code == 302
    judgment = Judgment.objects.get()
    assert (judgment.contradiction, judgment.marks.count()) == ("kept", 2)


def test_marks_count_characters_of_what_is_shown_so_a_mask_stays_one(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, says="As GPT-4o 🐈 sees: **two** cats", tasks=1)
    hits = LeakHit.objects.of(evaluation)
    assert hits.exists()
    decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=Decision.MASK, now=timezone.now())
    page, mine = page_of(client, cast, evaluation)
    shown = "As ▮▮▮ 🐈 sees: two cats"
    start = shown.index("two")
    right = mark(mine, start=start, end=start + 3, quote="two")
    behind = mark(mine, start=3, end=9, quote="GPT-4o")
    assert sent(client, evaluation, page, mine, [right, behind]).status_code == 422
    assert sent(client, evaluation, page, mine, [right]).status_code == 302


def opened(cast: Cast, *, says: str = SAYS, tasks: int = 2) -> Evaluation:
    return make_evaluation(
        cast.researcher,
        assessors=[cast.assessor],
        tasks=tasks,
        overlap=1,
        images=1,
        says={f"t{number}": says for number in range(tasks)},
        criteria="standard",
    )


def page_of(client: Client, cast: Cast, evaluation: Evaluation) -> tuple[str, int]:
    """The page, and the number of A's answer on it."""
    client.force_login(cast.assessor)
    page = client.get(judge_url(evaluation)).content.decode()
    return page, 1 if page.index("cats") < page.index("Birch") else 2


def mark(answer: int, kind: str = "count", **place: Any) -> dict[str, Any]:
    said = {"answer": answer, "kind": kind, "severity": "major", **PLACE, **place}
    return {key: value for key, value in said.items() if value not in (None, "")}


def form(page: str, mine: int, marks: list[Mapping[str, Any]]) -> dict[str, Any]:
    said = {"verdict": "tie", "comment": "", "marks": json.dumps(marks)} | SAME | hidden(page)
    return said | {f"faults_{mine}": "marked" if marks else "none", f"faults_{3 - mine}": "none"}


def sent(client: Client, evaluation: Evaluation, page: str, mine: int, marks: list[Any]) -> Any:
    return client.post(judge_url(evaluation), form(page, mine, marks))
