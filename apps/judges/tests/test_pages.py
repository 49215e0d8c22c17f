"""The researcher's pages of judges, and what nobody who judges may read of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from apps.assessment.services import change_assessors, close_evaluation
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.assessment.tests.test_blind_pages import everything_loaded
from apps.judges.models import AutomaticJudge
from apps.judges.tests.makers import make_model_judge
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from django.test import Client

    from apps.assessment.models import Evaluation
    from conftest import Cast

REPLIES = {
    "t0": ("verdict: 1\ngrammar: 1", "verdict: 2\ngrammar: 2"),
    "t1": ("verdict: 1", "=1+1 is what <b>I</b> say."),
}


@pytest.fixture
def evaluation(cast: Cast) -> Evaluation:
    return make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, overlap=1)


def test_an_assessor_gets_nothing_of_a_judge(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    judge = make_model_judge(cast.researcher, evaluation, replies=REPLIES, name="Zebra")
    client.force_login(cast.assessor)
    received = everything_loaded(client, evaluation).lower()
    run = judge.judge_runs.get().run
    assert received.count('data-part="answer-1"') >= 3
    for secret in ("zebra", "automatic", "verdict: 1", judge.public_id, run.public_id, run.bucket.public_id):
        assert str(secret) not in received, secret
    for name, found in (("list", evaluation), ("detail", judge), ("judgments", judge)):
        assert client.get(reverse(f"judges:{name}", args=[found.public_id])).status_code == 403


def test_a_researcher_who_judges_reads_no_judge_before_the_end(
    cast: Cast, client: Client, evaluation: Evaluation
) -> None:
    judge = make_model_judge(cast.researcher, evaluation, replies=REPLIES)
    change_assessors(actor=cast.researcher, evaluation=evaluation, assessors=[cast.researcher])
    client.force_login(cast.researcher)
    address = reverse("judges:detail", args=[judge.public_id])
    assert client.get(address).status_code == 403
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert client.get(address).status_code == 200


def test_a_judge_is_started_watched_and_taken_away(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    client.force_login(cast.researcher)
    revision = make_revision(cast.researcher, name="Zebra")
    started = reverse("judges:start_model", args=[evaluation.public_id])
    page = client.post(started, {"revision": revision.public_id}, follow=True).content.decode()
    assert "Questions under way" in page
    again = client.post(started, {"revision": revision.public_id})
    assert (again.status_code, b"has been started here already" in again.content) == (422, True)
    refused = client.post(
        reverse("judges:start_reference", args=[evaluation.public_id]), {"protocol": "exact_match@1", "margin": "0"}
    )
    assert (refused.status_code, b"No task has reference answers" in refused.content) == (422, True)
    assert AutomaticJudge.objects.get().revision == revision


def test_what_a_judge_said_is_marked_as_automatic(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    judge = make_model_judge(cast.researcher, evaluation, replies=REPLIES, name="=Zebra()")
    make_judgment(evaluation, assessor=cast.assessor, verdict="a", ratings={"grammar": 1})
    client.force_login(cast.researcher)
    page = client.get(reverse("judges:detail", args=[judge.public_id])).content.decode()
    assert ">automatic<" in page
    assert "&lt;b&gt;I&lt;/b&gt;" in page
    text = client.get(reverse("judges:judgments", args=[judge.public_id])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["task"], row["order"], row["outcome"], row["verdict"], row["grammar"]) for row in rows] == [
        ("t0", "a_first", "judged", "a", "1"),
        ("t0", "b_first", "judged", "a", "1"),
        ("t1", "a_first", "judged", "a", ""),
        ("t1", "b_first", "unparsed", "", ""),
    ]
    assert {(row["made_by"], row["judge_kind"], row["judge"]) for row in rows} == {
        ("automatic", "model", "'=Zebra() r1")
    }
