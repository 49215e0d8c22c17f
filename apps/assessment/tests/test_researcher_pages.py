from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.models import Evaluation, EvaluationState
from apps.assessment.services import claim_comparison, close_evaluation, reopen_evaluation
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.buckets.tests.makers import make_bucket
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from conftest import Cast

NO_CHECKS = {"gold_percent": 0, "control_percent": 0, "retest_percent": 0, "pass_percent": 80}


def test_a_researcher_opens_an_evaluation_and_mistakes_are_explained(cast: Cast, client: Client) -> None:
    bucket = make_bucket(cast.researcher)
    run_a, run_b = (make_run(bucket, make_revision(cast.researcher, name=name)) for name in ("Alpha", "Beta rays"))
    client.force_login(cast.researcher)
    address = reverse("assessment:create")
    page = client.get(address, {"run_a": str(run_a.public_id), "run_b": str(run_b.public_id)}).content.decode()
    assert page.count("selected>") == 2
    said = {"name": "Alpha against Beta", "run_a": run_a.public_id, "run_b": run_a.public_id, "overlap": 2}
    said |= {"criteria": "standard", **NO_CHECKS}
    said |= {"lease_minutes": 20, "assessors": [cast.assessor.public_id, cast.admin.public_id], "guidelines": ""}
    same = client.post(address, said)
    assert same.status_code == 422
    assert "Choose two different runs." in same.content.decode()
    named = client.post(address, said | {"run_b": run_b.public_id, "guidelines": "Alpha is ours."})
    assert "The guidelines name a pipeline" in named.content.decode()
    hinted = client.post(address, said | {"run_b": run_b.public_id, "guidelines": "Long ones are beta."})
    assert "share words with a pipeline’s name: beta." in hinted.content.decode()
    few = client.post(address, said | {"run_b": run_b.public_id, "overlap": 3})
    assert (few.status_code, "Choose more assessors or lower the number" in few.content.decode()) == (422, True)
    done = client.post(address, said | {"run_b": run_b.public_id}, follow=True)
    evaluation = Evaluation.objects.get()
    assert done.redirect_chain == [(reverse("assessment:detail", args=[evaluation.public_id]), 302)]
    assert "would unblind" in done.content.decode()
    client.force_login(cast.outsider)
    assert client.post(address, said | {"run_b": run_b.public_id}).status_code == 422
    client.force_login(cast.assessor)
    assert client.get(address).status_code == 403


def test_a_researcher_writes_a_set_of_criteria_and_mistakes_have_lines(cast: Cast, client: Client) -> None:
    bucket = make_bucket(cast.researcher)
    run_a, run_b = (make_run(bucket, make_revision(cast.researcher, name=name)) for name in ("Alpha", "Beta rays"))
    client.force_login(cast.researcher)
    said = {"name": "Mine", "run_a": run_a.public_id, "run_b": run_b.public_id, "overlap": 1, "lease_minutes": 20}
    said |= {"assessors": [cast.assessor.public_id], "criteria": "own", **NO_CHECKS}
    for source, words in (
        ("criteria:\n  - key: tone", "Line 2, criteria.1: “tone” needs a name"),
        ("criteria:\n  - {key: grammar, kind: best}", "Line 2, criteria.1.kind: it must be"),
        ("criteria: [{key: tone, name: Like Beta rays}]", "The criteria name a pipeline"),
    ):
        assert words in client.post(reverse("assessment:create"), said | {"own_criteria": source}).content.decode()
    scale = "{points: 3, low: cold, high: warm}"
    source = f"order: assessor\ncriteria: [{{key: tone, name: Tone, kind: absolute, scale: {scale}}}]"
    client.post(reverse("assessment:create"), said | {"own_criteria": source})
    evaluation = Evaluation.objects.get()
    (tone,) = evaluation.criteria.all()
    assert (evaluation.criteria_order, tone.kind, tone.points, tone.high) == ("assessor", "absolute", 3, "warm")


def test_the_page_of_an_evaluation_shows_progress_leases_and_what_was_left_out(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], lost=["t3"])
    make_judgment(evaluation, assessor=cast.assessor)
    held = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=timezone.now())
    assert held is not None
    client.force_login(cast.researcher)
    address = reverse("assessment:detail", args=[evaluation.public_id])
    page = client.get(address).content.decode()
    for words in ("1 of 6 judgments", held.comparison.task.key, "Take back", "all ran out", "Candidate 0 r1"):
        assert words in page
    assert "3 of 4 pairs ready; 1 failed on a side and can’t be compared." in page
    assert "Candidate 0 r1: Failed, Out of memory – 1" in page
    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()
    client.post(reverse("assessment:free", args=[held.public_id]))
    assert "Take back" not in client.get(address).content.decode()
    for person in (cast.outsider, cast.assessor):
        client.force_login(person)
        assert client.get(address).status_code in (403, 404)
        assert client.post(reverse("assessment:free", args=[held.public_id])).status_code in (403, 404)


def test_the_live_part_renews_itself_until_all_is_judged_or_closed(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=2, overlap=1)
    client.force_login(cast.researcher)
    assert polls(client, evaluation)
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert not polls(client, evaluation)
    reopen_evaluation(actor=cast.researcher, evaluation=evaluation)
    for _ in range(2):
        assert polls(client, evaluation)
        make_judgment(evaluation, assessor=cast.assessor)
    assert not polls(client, evaluation)


def polls(client: Client, evaluation: Evaluation) -> bool:
    """Whether the part that htmx fetches will be fetched again."""
    address = reverse("assessment:detail", args=[evaluation.public_id])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    return "hx-trigger" in part


def test_closing_reopening_and_changing_assessors(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    addresses = {name: reverse(f"assessment:{name}", args=[evaluation.public_id]) for name in ("close", "reopen")}
    client.force_login(cast.outsider)
    assert client.post(addresses["close"]).status_code == 404
    client.force_login(cast.researcher)
    for name, state in (("close", EvaluationState.CLOSED), ("reopen", EvaluationState.OPEN)):
        assert client.post(addresses[name]).status_code == 302
        evaluation.refresh_from_db()
        assert evaluation.state == state
    people = reverse("assessment:assessors", args=[evaluation.public_id])
    assert "checked" in client.get(people).content.decode()
    client.post(people, {"assessors": [cast.admin.public_id]})
    assert list(evaluation.assessors.all()) == [cast.admin]


def test_somebody_in_two_evaluations_is_offered_once(cast: Cast, client: Client) -> None:
    people = [cast.assessor, make_user("former@example.org")]
    evaluations = [make_evaluation(cast.researcher, assessors=people) for _ in range(2)]
    User.objects.filter(pk=people[1].pk).update(is_active=False)
    client.force_login(cast.researcher)
    page = client.get(reverse("assessment:assessors", args=[evaluations[0].public_id])).content.decode()
    assert [page.count(f'value="{person.public_id}"') for person in people] == [1, 1]


def test_whoever_can_see_the_answers_is_marked(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    client.force_login(cast.researcher)
    runs = {name: str(getattr(evaluation, name).public_id) for name in ("run_a", "run_b")}
    opening = client.get(reverse("assessment:create"), runs)
    for page in (opening, client.get(reverse("assessment:assessors", args=[evaluation.public_id]))):
        marked = {line for line in page.content.decode().splitlines() if "can see the answers" in line}
        for person, is_marked in ((cast.researcher, True), (cast.admin, True), (cast.assessor, False)):
            assert any(person.email in line for line in marked) == is_marked
        assert not any(cast.outsider.email in line for line in marked)


def test_the_preview_stores_nothing_and_the_list_shows_only_ones_own(cast: Cast, client: Client) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], images=1, name="Autumn leaves")
    client.force_login(cast.researcher)
    page = client.get(reverse("assessment:preview", args=[evaluation.public_id])).content.decode()
    assert "This is what an assessor gets" in page
    assert "hx-post" not in page
    assert not evaluation.assignments.exclude(state="free").exists()
    assert evaluation.name in client.get(reverse("assessment:list")).content.decode()
    client.force_login(cast.outsider)
    assert evaluation.name not in client.get(reverse("assessment:list")).content.decode()
