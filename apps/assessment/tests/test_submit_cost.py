"""What a submit costs: statements sent to the database until the next comparison is in the answer."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.assessment.domain.policies import FIXED, Policy
from apps.assessment.domain.rules import Rule
from apps.assessment.models import Judgment, Mark
from apps.assessment.tests.makers import make_evaluation
from apps.assessment.tests.pages import judge_url, send
from conftest import Cast

RULES = (Rule("fast", 20, 5, "warn"), Rule("gold", 10, 50, "pause"))
FULL = Policy(most_overlap=5, daily_cap=100, gold_percent=10, rules=RULES)
MARK = {"answer": 1, "kind": "count", "severity": "major", "start": 0, "end": 5}  # both answers begin with five letters


@pytest.mark.parametrize(("policy", "most"), [(FIXED, 20), (FULL, 27)])
def test_a_submit_with_the_next_comparison_reads_everything_once(
    cast: Cast, client: Client, policy: Policy, most: int
) -> None:
    """The larger figure: with marks, rules, a daily cap, gold and more judgments while unsure. Beginning and ending the
    two transactions (judge, then claim) is not counted."""
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], images=1, criteria="standard", policy=policy, guidelines="Read."
    )
    client.force_login(cast.assessor)
    page = client.get(judge_url(evaluation)).content.decode()
    client.post(page[page.index("data-ahead=") :].split('"')[1])
    said = {"marks": json.dumps([MARK | {"quote": quote_of(page)}]), "faults_1": "marked"} if policy is FULL else {}
    with CaptureQueriesContext(connection) as statements:
        answer = send(client, evaluation, page, htmx=True, **said).content.decode()
    assert "Here is the next comparison" in answer
    assert (Judgment.objects.count(), Mark.objects.count()) == (1, len(said) // 2)
    sent = [item["sql"] for item in statements.captured_queries if "SAVEPOINT" not in item["sql"]]
    assert len(sent) <= most, "\n".join(sent)


def quote_of(page: str) -> str:
    return page[page.index('data-part="answer-1"') :].split("<p>")[1][:5]
