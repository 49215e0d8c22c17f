import re
from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.models import Evaluation, Judgment, Skip
from apps.assessment.services import change_assessors, claim_comparison, close_evaluation, free_lease
from apps.assessment.services.standing import warn_assessor
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.assessment.tests.pages import HTMX, RATINGS, hidden, judge_url, send
from conftest import Cast


def test_judging_works_without_scripts_to_the_end(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client, tasks=2)
    for _ in range(2):
        page = client.get(judge_url(evaluation)).content.decode()
        response = send(client, evaluation, page, comment="Fine.")
        assert (response.status_code, response["Location"]) == (302, judge_url(evaluation))
    assert "Nothing is left for you" in client.get(judge_url(evaluation)).content.decode()
    assert Judgment.objects.filter(comment="Fine.").count() == 2
    assert "2 comparisons judged today" in client.get(reverse("assessment:my_work")).content.decode()


def test_my_work_says_when_more_is_to_come_and_leads_there(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=1, going=True)
    client.force_login(cast.assessor)
    page = client.get(reverse("assessment:my_work")).content.decode()
    assert "More are to come" in page
    assert f'href="{judge_url(evaluation)}"' in page
    evaluation.run_b.answers.update(state="failed")
    page = client.get(reverse("assessment:my_work")).content.decode()
    assert "Nothing left for now" in page
    assert judge_url(evaluation) not in page


def test_the_next_comparison_comes_beforehand_and_with_the_submit(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client, images=1)
    page = client.get(judge_url(evaluation)).content.decode()
    beforehand = comparison_ahead(client, page)
    response = send(client, evaluation, page, htmx=True)
    answer = response.content.decode()
    assert "<html" not in answer
    assert "Saved." in answer
    assert hidden(answer)["assignment"] == hidden(beforehand)["assignment"]
    [picture] = {re.findall(r'<img src="([^"]+)"', sheet)[0] for sheet in (beforehand, answer)}
    assert client.get(picture)["Cache-Control"].startswith("private")
    assert response["Cache-Control"] == "no-store"


def test_a_page_that_shows_the_next_one_already_gets_only_what_is_new(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    evaluation.assignments.filter(shown_at__isnull=False).update(shown_at=timezone.now() - timedelta(minutes=1))
    beforehand = comparison_ahead(client, page)
    assert ("1 done, 1 today" in beforehand, 'data-key="KeyU"' in beforehand) == (True, False)
    response = send(client, evaluation, page, shown=shown(beforehand, "20000"))
    answer = response.content.decode()
    assert (response["HX-Retarget"], "judge-form" in answer) == ("#sheet-past", False)
    assert ("1 done, 1 today" in answer, 'data-key="KeyU"' in answer, "Saved." in answer) == (True, True, True)
    send(client, evaluation, beforehand, htmx=True)
    assert 20 <= Judgment.objects.order_by("pk")[1].seconds < 40
    for nonsense in ("", "x/1/2", f"{uuid4()}/1/5", shown(beforehand, "9" * 5000), "///"):
        again = send(client, evaluation, page, shown=nonsense)
        assert ("HX-Retarget" in again, "judge-form" in again.content.decode()) == (False, True)


def test_how_long_a_page_says_it_shows_the_next_one_is_at_most_a_lease(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    evaluation.assignments.filter(shown_at__isnull=False).update(shown_at=timezone.now() - timedelta(hours=3))
    beforehand = comparison_ahead(client, page)
    send(client, evaluation, page, shown=shown(beforehand, "99999999999"))
    send(client, evaluation, beforehand, htmx=True)
    most = evaluation.lease_minutes * 60
    assert most <= Judgment.objects.order_by("pk")[1].seconds < most + 20


def test_time_counts_once_for_what_was_left_and_what_came_after_it_whatever_a_page_says(
    cast: Cast, client: Client
) -> None:
    """A judgment that waited for the network took no longer; nobody is paid twice for a minute."""
    evaluation = opened(cast, client)
    start = timezone.now()
    page = client.get(judge_url(evaluation)).content.decode()
    evaluation.assignments.filter(shown_at__isnull=False).update(shown_at=start - timedelta(seconds=100))
    for ms in ("60000", "99999999"):
        beforehand = comparison_ahead(client, page)
        send(client, evaluation, page, shown=shown(beforehand, ms), active_ms="99999999")
        page = beforehand
    send(client, evaluation, page, htmx=True, active_ms="99999999")
    times = [round(item.active_seconds or 0, -1) for item in Judgment.objects.order_by("pk")]
    assert times == [40, 0, 60]


def test_a_missing_answer_is_marked_and_nothing_typed_is_lost(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    for htmx in (True, False):
        response = send(client, evaluation, page, htmx=htmx, verdict="tie", errors="", comment="<b>Typed</b>")
        again = response.content.decode()
        assert (response.status_code, response["HX-Reswap"]) == (422, "outerHTML")
        assert 'aria-describedby="error-errors"' in again
        assert "&lt;b&gt;Typed&lt;/b&gt;" in again
        assert hidden(again) == hidden(page)
    assert not Judgment.objects.exists()


def test_a_comment_that_is_refused_is_marked_too(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    response = send(client, evaluation, page, htmx=True, comment="x" * 5001, active_ms="9" * 400)
    assert response.status_code == 422
    assert "at most 5000 characters" in response.content.decode()


def test_a_draft_belongs_to_one_lease_of_a_place(cast: Cast, client: Client) -> None:
    """Whoever is given the place next may sit at the same browser."""
    other = make_user("other@example.org")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=1, overlap=1)
    keys = []
    for person in (cast.assessor, other):
        client.force_login(person)
        page = client.get(judge_url(evaluation)).content.decode()
        keys.append(page[page.index("<form-draft data-key=") :].split('"')[1])
        free_lease(actor=cast.researcher, assignment=evaluation.assignments.get(assessor=person))
    assert keys[0].split("/")[0] == keys[1].split("/")[0]
    assert keys[0] != keys[1]


def test_a_doubled_click_counts_once(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    answers = [send(client, evaluation, page, htmx=True).content.decode() for _ in range(2)]
    assert "Saved." in answers[1]
    assert hidden(answers[0])["assignment"] == hidden(answers[1])["assignment"]
    assert Judgment.objects.count() == 1


def test_a_late_a_foreign_and_a_closed_submit_each_get_a_clear_answer(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client, people=1)
    page = client.get(judge_url(evaluation)).content.decode()
    free_lease(actor=cast.researcher, assignment=evaluation.assignments.get(public_id=hidden(page)["assignment"]))
    assert "gone on to someone else" in send(client, evaluation, page, htmx=True).content.decode()
    foreign = send(client, evaluation, page, htmx=True, assignment=str(uuid4())).content.decode()
    assert "not yours to judge" in foreign
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert "has been closed" in send(client, evaluation, foreign, htmx=True).content.decode()
    assert not Judgment.objects.exists()
    nonsense = send(client, evaluation, page, assignment="nonsense")
    assert nonsense.status_code == 404


def test_skipping_asks_for_a_reason_and_brings_the_next(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    said = hidden(client.get(judge_url(evaluation)).content.decode())
    address = reverse("assessment:skip", args=[said["assignment"]])
    assert client.post(address, {"lease": said["lease"]}, headers=HTMX).status_code == 422
    response = client.post(address, {"lease": said["lease"], "reason": "unclear"}, headers=HTMX)
    assert hidden(response.content.decode())["assignment"] != said["assignment"]
    assert Skip.objects.get().reason == "unclear"


def test_a_doubled_skip_counts_once_and_a_late_one_is_explained(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    first = hidden(client.get(judge_url(evaluation)).content.decode())
    answers = [skip(client, first) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Skip.objects.count() == 1
    second = hidden(answers[1].content.decode())
    free_lease(actor=cast.researcher, assignment=evaluation.assignments.get(public_id=second["assignment"]))
    late = skip(client, second)
    assert late.status_code == 200
    assert "nothing to skip" in late.content.decode()
    client.force_login(cast.outsider)
    assert skip(client, second).status_code == 404


def test_whoever_was_taken_out_is_told_so_and_strangers_learn_nothing_else(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    change_assessors(actor=cast.researcher, evaluation=evaluation, assessors=[cast.admin])
    for answer in (send(client, evaluation, page, htmx=True), skip(client, hidden(page))):
        assert answer.status_code == 404
        assert answer.json()["message"] == "You no longer judge in this evaluation."  # type: ignore[attr-defined]
    unknown = client.post(reverse("assessment:judge", args=[uuid4()]), headers=HTMX)
    assert (unknown.status_code, "no longer judge" in unknown.json()["message"]) == (404, True)
    assert send(client, evaluation, page).status_code == 404
    assert not Judgment.objects.exists()


def test_the_heartbeat_answers_with_the_time_left_or_says_why_not(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    said = hidden(client.get(judge_url(evaluation)).content.decode())
    address = reverse("assessment:renew", args=[said["assignment"]])
    assert client.post(address, {"lease": said["lease"]}).json() == {"seconds": 1800}
    assert client.post(address, {"lease": "x"}).status_code == 409
    free_lease(actor=cast.researcher, assignment=evaluation.assignments.get(public_id=said["assignment"]))
    late = client.post(address, {"lease": said["lease"]})
    assert (late.status_code, "was not counted" in late.json()["message"]) == (409, False)
    client.force_login(cast.outsider)
    assert client.post(address, {"lease": said["lease"]}).status_code == 409


def test_the_last_judgment_can_be_changed(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    first = client.get(judge_url(evaluation)).content.decode()
    send(client, evaluation, first, verdict="left", comment="At first.")
    judgment = Judgment.objects.get()
    address = reverse("assessment:correct", args=[judgment.public_id])
    assert address in client.get(judge_url(evaluation)).content.decode()
    page = client.get(address).content.decode()
    assert "At first." in page
    said = hidden(page) | dict.fromkeys(("grammar", "readability", "comprehensiveness", "relevance"), "right")
    said |= {"errors": "right", "hallucinations": "right", "verdict": "both_bad"}
    for _ in range(2):  # a doubled click
        assert client.post(address, said, headers=HTMX).status_code == 200
    assert Judgment.objects.current().get().verdict == "both_bad"
    assert Judgment.objects.count() == 2
    again = client.post(address, said | {"submission_id": str(uuid4())}, headers=HTMX)
    assert "changed it before" in again.content.decode()
    assert client.get(address)["Location"] == judge_url(evaluation)
    client.force_login(make_user("someone@example.org"))
    assert client.get(address).status_code == 404


def test_what_i_said_in_the_last_day_is_listed_and_what_i_flag_reaches_the_researcher(
    cast: Cast, client: Client
) -> None:
    evaluation = opened(cast, client)
    old = make_judgment(evaluation, assessor=cast.assessor, now=timezone.now() - timedelta(hours=25))
    page = client.get(judge_url(evaluation)).content.decode()
    send(client, evaluation, page, verdict="right", flagged="on", comment="An odd picture")
    judgment = Judgment.objects.get(flagged=True)
    address = reverse("assessment:correct", args=[judgment.public_id])
    for headers, count in (({}, 1), (HTMX, 0)):
        listed = client.get(reverse("assessment:said", args=[evaluation.public_id]), headers=headers).content.decode()
        assert (address in listed, str(old.public_id) in listed, "Answer 2 is better" in listed) == (True, False, True)
        assert (listed.count("<html"), listed.count(">flagged<")) == (count, 1)
    assert 'name="flagged" data-key="KeyI" checked' in client.get(address).content.decode()
    client.force_login(cast.researcher)
    assert "An odd picture" in client.get(reverse("assessment:monitor", args=[evaluation.public_id])).content.decode()


def test_a_page_without_a_comparison_looks_for_one_until_it_is_told_why_there_is_none(
    cast: Cast, client: Client
) -> None:
    other = make_user("other@example.org")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=1, overlap=1)
    held = claim_comparison(assessor=other, evaluation=evaluation, now=timezone.now())
    assert held is not None
    client.force_login(cast.assessor)
    page = client.get(judge_url(evaluation)).content.decode()
    [address] = re.findall(r'hx-get="([^"]+)" hx-trigger="every 20s', page)
    nothing = client.get(address, headers=HTMX)
    assert (nothing.status_code, nothing.content) == (204, b"")
    free_lease(actor=cast.researcher, assignment=held)
    came = client.get(address, headers=HTMX).content.decode()
    assert hidden(came)["assignment"] == str(held.public_id)
    assert re.findall(r'id="judge-said"[^>]*>([^<]*)', came) == ["Here is the next comparison."]
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    closed = client.get(address, headers=HTMX).content.decode()
    assert "This evaluation is closed" in closed
    assert "every 20s" not in closed


def test_a_message_is_seen_while_one_judges(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    client.force_login(cast.assessor)
    page = client.get(judge_url(evaluation)).content.decode()
    warn_assessor(evaluation=evaluation, assessor=cast.assessor, kind="fast", now=timezone.now())
    assert "You judge faster than anyone" in send(client, evaluation, page, htmx=True).content.decode()
    assert "You judge faster than anyone" in client.get(judge_url(evaluation)).content.decode()
    assert client.post(reverse("assessment:read_messages"), headers={"HX-Request": "true"}).content == b""
    assert "You judge faster than anyone" not in client.get(judge_url(evaluation)).content.decode()


def test_a_judgment_is_not_changed_after_a_day_nor_after_closing(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    old = make_judgment(evaluation, assessor=cast.assessor, now=timezone.now() - timedelta(hours=25))
    address = reverse("assessment:correct", args=[old.public_id])
    said = hidden(client.get(address).content.decode()) | RATINGS | {"verdict": "tie"}
    answer = client.post(address, said, headers=HTMX).content.decode()
    assert "it stands as it was" in answer
    assert "was not counted" not in answer
    fresh = reverse("assessment:correct", args=[make_judgment(evaluation, assessor=cast.assessor).public_id])
    assert fresh in client.get(judge_url(evaluation)).content.decode()
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert fresh not in client.get(judge_url(evaluation)).content.decode()


def test_answers_and_instruction_say_their_language_and_pictures_their_description(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client, images=1)
    page = client.get(judge_url(evaluation)).content.decode()
    place = evaluation.assignments.get(public_id=hidden(page)["assignment"])
    assert page.count(f'lang="{place.comparison.task.language}" dir="auto"') == 3
    assert 'alt="A plain square"' in page


def comparison_ahead(client: Client, page: str) -> str:
    held = client.post(page[page.index("data-ahead=") :].split('"')[1]).json()
    assert held["at_once"]
    return str(held["sheet"])


def shown(sheet: str, ms: str) -> str:
    said = hidden(sheet)
    return f"{said['assignment']}/{said['lease']}/{ms}"


def skip(client: Client, said: dict[str, str]) -> HttpResponse:
    data = {"lease": said["lease"], "reason": "unclear"}
    return client.post(reverse("assessment:skip", args=[said["assignment"]]), data, headers=HTMX)  # type: ignore[return-value]


def opened(cast: Cast, client: Client, *, tasks: int = 4, images: int = 0, people: int = 1) -> Evaluation:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=tasks, images=images)
    client.force_login(cast.assessor)
    return evaluation
