"""A pair with a possible leak waits; what is decided about it is kept, and holds from the first look of an assessor."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse

from apps.assessment.models import Comparison, Decision, Evaluation, LeakChoice, LeakHit
from apps.assessment.queries import evaluation_progress, leak_counts, pair_counts
from apps.assessment.services import Decided, claim_comparison, decide_leaks
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.assessment.tests.pages import judge_url
from apps.audit.models import AuditEvent
from apps.generation.models import Answer
from conftest import Cast

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SAYS = {
    "t0": "I am Qwen, trained by Alibaba. <|im_end|>",
    "t1": "It is red, says Qwen2.5-VL-7B.",
    "t2": "Blue, by Kimi Räikkönen.",
}


@pytest.fixture
def evaluation(cast: Cast) -> Evaluation:
    """t0 has a name and a token, t1 a name, t2 and t3 nothing."""
    return make_evaluation(cast.researcher, assessors=[cast.assessor], says=SAYS, overlap=1)


def decide(cast: Cast, evaluation: Evaluation, choice: str, now: datetime = NOW, **which: object) -> Decided:
    hits = LeakHit.objects.filter(**which)
    return decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=Decision(choice), now=now)


def test_only_pairs_without_a_hit_are_released(cast: Cast, evaluation: Evaluation) -> None:
    pairs = pair_counts(evaluation)
    assert (pairs.released, pairs.held, pairs.excluded) == (2, 2, 0)
    found = LeakHit.objects.values_list("comparison__task__key", "kind", "matched")
    assert set(found) == {("t0", "name", "Qwen"), ("t0", "token", "<|im_end|>"), ("t1", "name", "Qwen2.5-VL-7B")}
    assert {make_judgment(evaluation, assessor=cast.assessor).assignment.comparison.task.key for _ in range(2)} == {
        "t2",
        "t3",
    }
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    assert not evaluation_progress(evaluation).is_complete


def test_the_last_decision_releases_the_pair_and_each_is_kept(cast: Cast, evaluation: Evaluation) -> None:
    assert decide(cast, evaluation, "mask", kind="name") == Decided(hits=2, too_late=0)
    assert pair_counts(evaluation).held == 1
    decide(cast, evaluation, "accept", kind="token")
    pairs = pair_counts(evaluation)
    assert (pairs.released, pairs.held) == (4, 0)
    assert evaluation.assignments.count() == 4
    choice = LeakChoice.objects.current().filter(hit__kind="token").get()
    assert (choice.choice, choice.made_by, choice.made_at) == ("accept", cast.researcher, NOW)
    event = AuditEvent.objects.filter(verb="leaks.decided").latest("pk")
    assert event.facts == {"choice": "accept", "hits": {"token": 1}, "comparisons": 1}
    assert decide(cast, evaluation, "accept", kind="token") == Decided(0, 0)


def test_an_excluded_comparison_is_out_and_its_other_hits_wait_for_nobody(cast: Cast, evaluation: Evaluation) -> None:
    decide(cast, evaluation, "exclude", kind="token")
    pairs = pair_counts(evaluation)
    assert (pairs.released, pairs.held, pairs.excluded) == (2, 1, 1)
    name = next(row for row in leak_counts(evaluation) if row.kind == "name")
    assert (name.open, name.moot) == (1, 1)
    decide(cast, evaluation, "mask", now=NOW + timedelta(hours=1))
    assert pair_counts(evaluation).released == 4
    assert LeakChoice.objects.filter(hit__kind="token").count() == 2
    decide(cast, evaluation, "exclude")
    assert (pair_counts(evaluation).released, evaluation.assignments.count()) == (2, 2)


def test_what_an_assessor_has_begun_keeps_its_masks(cast: Cast, evaluation: Evaluation) -> None:
    decide(cast, evaluation, "mask")
    for _ in range(3):
        make_judgment(evaluation, assessor=cast.assessor)
    last = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert last is not None
    assert decide(cast, evaluation, "accept") == Decided(hits=0, too_late=3)
    hit = LeakHit.objects.filter(kind="token").get()
    late = LeakChoice(hit=hit, choice="accept", made_by=cast.researcher, made_at=NOW)
    with pytest.raises(IntegrityError, match="has begun"), transaction.atomic():
        late.save()


def test_hits_and_choices_never_change(cast: Cast, evaluation: Evaluation) -> None:
    decide(cast, evaluation, "mask")
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        LeakHit.objects.update(kind="token")
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        LeakChoice.objects.update(choice="accept")


def test_masked_text_never_reaches_the_browser_and_the_stored_answer_stays(
    cast: Cast, client: Client, evaluation: Evaluation
) -> None:
    decide(cast, evaluation, "mask")
    client.force_login(cast.assessor)
    pages = ""
    for _ in range(4):
        page = client.get(judge_url(evaluation)).content.decode()
        pages += page + client.get(judge_url(evaluation), headers={"HX-Request": "true"}).content.decode()
        make_judgment(evaluation, assessor=cast.assessor)
    last = evaluation.assignments.first()
    assert last is not None
    pages += client.get(reverse("assessment:correct", args=[last.judgments.get().public_id])).content.decode()
    assert "qwen" not in pages.lower()
    assert "im_end" not in pages
    assert "I am ▮▮▮, trained by Alibaba. ▮▮▮" in pages
    assert "It is red, says ▮▮▮." in pages
    assert set(Answer.objects.filter(run=evaluation.run_a, task__key__in=SAYS).values_list("text", flat=True)) == set(
        SAYS.values()
    )
    client.force_login(cast.researcher)
    assert "qwen" not in client.get(reverse("assessment:preview", args=[evaluation.public_id])).content.decode().lower()


def test_the_page_of_leaks_lists_filters_and_decides(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    client.force_login(cast.researcher)
    address = reverse("assessment:leaks", args=[evaluation.public_id])
    decide_address = reverse("assessment:decide_leaks", args=[evaluation.public_id])
    detail = client.get(reverse("assessment:detail", args=[evaluation.public_id])).content.decode()
    assert "2 pairs wait until you decide" in detail
    assert f'href="{address}"' in detail
    page = client.get(address).content.decode()
    assert "It is red, says <mark>Qwen2.5-VL-7B</mark>." in page
    assert page.count("<mark>") == 3
    assert client.get(address, {"kind": "token", "status": "nonsense"}).content.decode().count("<mark>") == 1
    both = client.post(decide_address, {"choice": "mask", "kind": "name", "hit": LeakHit.objects.all()[0].public_id})
    assert (both.status_code, "Choose one place in an answer" in both.content.decode()) == (422, True)
    late = client.post(decide_address, {"choice": "accept", "kind": "name", "seen": 1})
    assert (late.status_code, "2 are undecided now" in late.content.decode()) == (422, True)
    whole = {"choice": "mask", "kind": "name", "seen": 2}
    done = client.post(f"{decide_address}?kind=name", whole, follow=True)
    assert "2 places decided." in done.content.decode()
    assert done.redirect_chain == [(f"{address}?status=open&kind=name#hits", 302)]
    token = LeakHit.objects.get(kind="token")
    client.post(decide_address, {"choice": "exclude", "hit": token.public_id})
    decided = client.get(address, {"status": "exclude"}).content.decode()
    assert "Decided by Researcher" in decided
    assert "Comparison excluded" in decided
    assert Comparison.objects.filter(state="excluded").count() == 1


def test_comparisons_from_before_the_guard_are_told_apart(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    client.force_login(cast.researcher)
    address = reverse("assessment:leaks", args=[evaluation.public_id])
    assert "not scanned" not in client.get(address).content.decode()
    evaluation.comparisons.filter(task__key__in=["t2", "t3"]).update(scanned_with=None)
    assert "2 comparisons were not scanned" in client.get(address).content.decode()


def test_the_page_of_leaks_is_closed_to_assessors_and_outsiders(
    cast: Cast, client: Client, evaluation: Evaluation
) -> None:
    hit = LeakHit.objects.all()[0]
    for person, status in ((cast.assessor, 403), (cast.outsider, 404)):
        client.force_login(person)
        seen = client.get(reverse("assessment:leaks", args=[evaluation.public_id]))
        sent = client.post(
            reverse("assessment:decide_leaks", args=[evaluation.public_id]), {"choice": "accept", "hit": hit.public_id}
        )
        assert (seen.status_code, sent.status_code) == (status, status)
    assert not LeakChoice.objects.exists()


def test_a_hit_of_another_evaluation_is_not_decided(cast: Cast, evaluation: Evaluation) -> None:
    other = make_evaluation(cast.researcher, assessors=[cast.assessor], says=SAYS)
    assert decide(cast, other, "accept", comparison__evaluation=evaluation) == Decided(0, 0)


def test_a_mask_does_not_tell_how_long_the_hidden_words_are(cast: Cast, client: Client) -> None:
    client.force_login(cast.assessor)
    seen = []
    for said in ("GPT-4", "Qwen2.5-VL-72B-Instruct", "<|im_start|> <|im_end|> </s>"):
        evaluation = make_evaluation(
            cast.researcher, assessors=[cast.assessor], tasks=1, says={"t0": f"Red {said} end."}
        )
        decide(cast, evaluation, "mask")
        seen.append("Red ▮▮▮ end." in client.get(judge_url(evaluation)).content.decode())
    assert seen == [True, True, True]
