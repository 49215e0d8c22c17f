"""The researcher's monitor and the assessor's own page."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.policies import Policy
from apps.assessment.domain.rules import DEFAULTS, OFFERED
from apps.assessment.domain.simulation import HONEST
from apps.assessment.models import Adjudication, Evaluation, Judgment, Message, Standing, StandingState
from apps.assessment.queries import judgment_table, my_evaluations
from apps.assessment.queries.agreement import agreement_so_far
from apps.assessment.queries.gold import gold_stock
from apps.assessment.queries.paid import paid_work
from apps.assessment.queries.standing import stage_of
from apps.assessment.queries.watched import people_watched
from apps.assessment.services import claim_comparison, skip_comparison
from apps.assessment.services.standing import change_standing
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.assessment.tests.pages import judge_url, send
from conftest import Cast

pytestmark = pytest.mark.slow

TAIL = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."


def address(name: str, evaluation: Evaluation) -> str:
    return reverse(f"assessment:{name}", args=[evaluation.public_id])


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def left(person: User) -> int:
    now = timezone.now()
    return my_evaluations(person, now=now, midnight=now)[0].left


@pytest.fixture
def judged(cast: Cast) -> tuple[Evaluation, User]:
    """Two people on three tasks: they agree on two and disagree on one."""
    other = make_user("other@example.org", name="=HYPERLINK()")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=3, name="=Sheet")
    first = [make_judgment(evaluation, assessor=cast.assessor, verdict=verdict) for verdict in ("a", "b", "tie")]
    said = {judgment.assignment.comparison_id: judgment.verdict for judgment in first}
    for _ in range(3):
        place = claim_comparison(assessor=other, evaluation=evaluation, now=timezone.now())
        assert place is not None
        verdict = said[place.comparison_id]
        make_judgment(evaluation, assessor=other, verdict={"a": "b"}.get(verdict, verdict))
    return evaluation, other


def test_the_monitor_shows_people_agreement_and_pace(
    cast: Cast, client: Client, judged: tuple[Evaluation, User]
) -> None:
    evaluation, other = judged
    found = agreement_so_far(evaluation)
    assert (found.pairs, round(found.percent or 0)) == (3, 67)
    assert round(found.chance_percent or 0) == round(100 * ((1 / 6) ** 2 + (3 / 6) ** 2 + (2 / 6) ** 2))
    rows = {row.person: row for row in people_watched(evaluation)}
    assert [rows[person].neither.part for person in (cast.assessor, other)] == [1, 1]
    assert rows[other].left.whole == 2
    client.force_login(cast.researcher)
    page = client.get(address("monitor", evaluation)).content.decode()
    assert "67 %" in page
    client.force_login(cast.outsider)
    assert client.get(address("monitor", evaluation)).status_code == 404


def test_why_something_was_skipped_is_told(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=1)
    place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=timezone.now())
    assert place is not None
    said: dict[str, Any] = {"reason": "picture", "note": "all <black>", "now": timezone.now()}
    skip_comparison(assessor=cast.assessor, assignment_id=place.public_id, lease=place.lease, **said)
    client.force_login(cast.researcher)
    page = client.get(address("monitor", evaluation)).content.decode()
    assert "The picture is missing" in page
    assert "all &lt;black&gt;" in page


def test_a_researcher_bans_writes_and_adjudicates(cast: Cast, client: Client, judged: tuple[Evaluation, User]) -> None:
    evaluation, other = judged
    client.force_login(cast.researcher)
    assert (
        client.post(address("message", evaluation), {"assessor": cast.outsider.public_id, "text": "x"}).status_code
        == 422
    )
    assert not Message.objects.exists()
    client.post(address("message", evaluation), {"assessor": other.public_id, "text": "Slower, please <b>"})
    [link] = [
        line
        for line in client.get(address("disagreements", evaluation)).content.decode().split('"')
        if "/disagreements/" in line and not line.endswith(f"{evaluation.public_id}/disagreements/")
    ]
    assert "Answer 1" in client.get(link).content.decode()
    assert client.post(link, {}).status_code == 422
    before = judgment_table(evaluation)
    assert client.post(link, {"verdict": "left", "note": "plain"}).status_code == 302
    place = Adjudication.objects.get().comparison.assignments.get(replica=0)
    assert Adjudication.objects.get().verdict == ("a" if place.a_on_left else "b")
    assert judgment_table(evaluation) == before
    client.post(address("stand", evaluation), {"assessor": other.public_id, "state": "banned", "reason": "bot"})
    assert Standing.objects.get().reason == "bot"
    assert {row.assessor_id for row in judgment_table(evaluation)} == {cast.assessor.public_id}
    client.force_login(other)
    page = client.get(reverse("assessment:my_work")).content.decode()
    assert "Slower, please &lt;b&gt;" in page
    assert "Ended" in page
    client.post(reverse("assessment:read_messages"))
    assert Message.objects.get().read_at is not None


def test_totals_for_whoever_pays_hold_no_formulas_and_are_ones_own(
    cast: Cast, client: Client, judged: tuple[Evaluation, User]
) -> None:
    evaluation, other = judged
    client.force_login(cast.researcher)
    rows = table(client.get(address("payments", evaluation)).content)
    month = timezone.localtime().strftime("%Y-%m")
    assert rows[1][:5] == ["'=Sheet", "'=HYPERLINK()", other.email, month, "3"]
    assert rows[2][4] == "3"
    client.force_login(cast.assessor)
    mine = table(client.get(reverse("assessment:totals")).content)
    assert [row[:2] for row in mine[1:]] == [["'=Sheet", month]]
    assert cast.assessor.email not in str(mine)


def test_totals_are_month_by_month(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, overlap=1)
    for day in (datetime(2026, 10, 31, 9, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC)):
        make_judgment(evaluation, assessor=cast.assessor, now=day)
    make_judgment(evaluation, assessor=cast.assessor, now=datetime(2026, 11, 1, 10, tzinfo=UTC))
    assert [(row.month.month, row.judged) for row in paid_work(evaluation)] == [(10, 1), (11, 2)]


def test_gold_that_will_run_out_is_told_in_time(cast: Cast) -> None:
    policy = Policy(gold_percent=50)
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=4, overlap=2, policy=policy, tail=TAIL
    )
    assert gold_stock(evaluation, 8).all == 4
    assert gold_stock(evaluation, 8).runs_out
    assert not gold_stock(evaluation, 3).runs_out


def test_rules_are_tried_before_they_are_kept(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=2)
    client.force_login(cast.researcher)
    assert "Coin-flipper" in client.get(reverse("assessment:simulator")).content.decode()
    said = {f"{rule.kind}_{part}": getattr(rule, part) for rule in OFFERED for part in ("window", "limit", "action")}
    said |= {"gold_percent": 10, "comparisons": 50, "ties_action": "off", "gold_action": "off"}
    tried = client.get(address("rules", evaluation), said)
    assert (tried.status_code, evaluation.rules.count()) == (200, 0)
    assert client.post(address("rules", evaluation), said | {"gold_window": 1}).status_code == 422
    assert client.post(address("rules", evaluation), said).status_code == 302
    assert set(evaluation.rules.values_list("kind", flat=True)) == {rule.kind for rule in DEFAULTS} - {"ties"}
    assert HONEST.gold == 0.85


def test_training_says_what_was_wrong_and_the_exam_lets_in(cast: Cast, client: Client) -> None:
    policy = Policy(training_size=1, exam_size=2, pass_percent=100)
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=6, images=1, policy=policy, tail=TAIL, guidelines="Read."
    )
    client.force_login(cast.assessor)
    assert left(cast.assessor) == 6 + 1 + 2
    page = client.get(judge_url(evaluation)).content.decode()
    assert 'data-part="lesson"' not in page
    assert left(cast.assessor) == 6 + 1 + 2
    client.post(judge_url(evaluation), {})
    assert client.post(page[page.index("data-ahead=") :].split('"')[1]).json()["at_once"] is False
    make_judgment(evaluation, assessor=cast.assessor, verdict="b")
    page = client.get(judge_url(evaluation)).content.decode()
    assert "The other answer was better." in page
    assert "Look at both once more" in page
    make_judgment(evaluation, assessor=cast.assessor, verdict="a_much")
    page = client.get(judge_url(evaluation)).content.decode()
    assert 'data-part="lesson"' not in page
    assert judgment_table(evaluation) == []
    examples = client.get(address("guidelines", evaluation)).content.decode()
    assert "Worked examples" in examples
    [picture] = re.findall(r'src="(/evaluations/judge/[^"]+)"', examples)
    assert client.get(picture)["Content-Type"] == "image/png"
    assert client.get(picture.replace("/1/1/", "/2/1/")).status_code == 404
    failing = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=timezone.now())
    assert failing is not None
    make_judgment(evaluation, assessor=cast.assessor, verdict="tie", now=timezone.now() + timedelta(seconds=1))
    assert "pass mark" in client.get(judge_url(evaluation)).content.decode()
    assert "Exam not passed" in client.get(reverse("assessment:my_work")).content.decode()


def test_an_exam_passed_once_counts_wherever_its_qualification_is_asked_for(cast: Cast, client: Client) -> None:
    asked = Policy(exam_size=2, pass_percent=100, qualification="Captions")
    first, other, only = [
        make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=6, policy=policy, tail=TAIL)
        for policy in (asked, replace(asked, qualification="captions"), Policy(qualification="Captions"))
    ]
    client.force_login(cast.assessor)
    assert "passed the exam of another evaluation" in client.get(judge_url(only)).content.decode()
    assert [stage_of(cast.assessor, each) for each in (first, other, only)] == ["exam", "exam", "unqualified"]
    make_judgment(first, assessor=cast.assessor, verdict="a")
    assert stage_of(cast.assessor, other) == "exam"
    make_judgment(first, assessor=cast.assessor, verdict="a_much")
    assert {stage_of(cast.assessor, each) for each in (first, other, only)} == {"work"}
    assert {item.left for item in my_evaluations(cast.assessor, now=timezone.now(), midnight=timezone.now())} == {6}
    assert gold_stock(other, 6).needed == 0
    change_standing(
        actor=cast.researcher,
        evaluation=first,
        assessor=cast.assessor,
        state=StandingState.BANNED,
        reason="",
        now=timezone.now(),
    )
    assert [stage_of(cast.assessor, each) for each in (other, only)] == ["exam", "unqualified"]


def test_what_the_browser_says_of_attention_is_stored_within_bounds(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3)
    client.force_login(cast.assessor)
    for active, seen in (("99999999", "answer-1 nonsense"), ("", "")):
        page = client.get(judge_url(evaluation)).content.decode()
        send(client, evaluation, page, active_ms=active, seen=seen)
    first, second = Judgment.objects.order_by("pk")
    assert first.active_seconds is not None
    assert first.active_seconds <= first.seconds
    assert (first.seen, first.is_unseen) == ("answer-1", True)
    assert (second.active_seconds, second.seen, second.is_unseen) == (None, None, False)
