from uuid import uuid4

from django.test import Client
from django.urls import reverse

from apps.accounts.tests.makers import make_user
from apps.assessment.models import Evaluation, Judgment, Skip
from apps.assessment.services import close_evaluation, free_lease
from apps.assessment.tests.makers import make_evaluation
from apps.assessment.tests.pages import HTMX, hidden, judge_url, send
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


def test_the_next_comparison_comes_with_the_submit_and_its_pictures_beforehand(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client, images=1)
    page = client.get(judge_url(evaluation)).content.decode()
    ahead = page[page.index("data-preload=") :].split('"')[1].strip()
    response = send(client, evaluation, page, htmx=True)
    answer = response.content.decode()
    assert "<html" not in answer
    assert "Saved." in answer
    assert hidden(answer)["assignment"] in ahead
    assert f'src="{ahead}"' in answer
    assert client.get(ahead)["Cache-Control"].startswith("private")
    assert response["Cache-Control"] == "no-store"


def test_a_missing_answer_is_marked_and_nothing_typed_is_lost(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    page = client.get(judge_url(evaluation)).content.decode()
    for htmx in (True, False):
        response = send(client, evaluation, page, htmx=htmx, verdict="tie", errors="", comment="<b>Typed</b>")
        again = response.content.decode()
        assert response.status_code == 422
        assert 'aria-describedby="error-errors"' in again
        assert "&lt;b&gt;Typed&lt;/b&gt;" in again
        assert hidden(again) == hidden(page)
    assert not Judgment.objects.exists()


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


def test_the_heartbeat_answers_with_the_time_left_or_says_why_not(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client)
    said = hidden(client.get(judge_url(evaluation)).content.decode())
    address = reverse("assessment:renew", args=[said["assignment"]])
    assert client.post(address, {"lease": said["lease"]}).json() == {"seconds": 1800}
    assert client.post(address, {"lease": "x"}).status_code == 409
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
    assert client.post(address, said, headers=HTMX).status_code == 200
    assert Judgment.objects.current().get().verdict == "both_bad"
    client.force_login(make_user("someone@example.org"))
    assert client.get(address).status_code == 404


def test_answers_and_instruction_say_their_language_and_pictures_their_description(cast: Cast, client: Client) -> None:
    evaluation = opened(cast, client, images=1)
    page = client.get(judge_url(evaluation)).content.decode()
    place = evaluation.assignments.get(public_id=hidden(page)["assignment"])
    assert page.count(f'lang="{place.comparison.task.language}" dir="auto"') == 3
    assert 'alt="A plain square"' in page


def opened(cast: Cast, client: Client, *, tasks: int = 4, images: int = 0, people: int = 1) -> Evaluation:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=tasks, images=images)
    client.force_login(cast.assessor)
    return evaluation
