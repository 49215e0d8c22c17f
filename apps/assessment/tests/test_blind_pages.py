"""Nothing an assessor's browser receives may tell the pipelines apart."""

import re
from collections import defaultdict

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.assessment.domain import policies
from apps.assessment.domain.leaks import MASK
from apps.assessment.domain.policies import Policy
from apps.assessment.models import Assignment, Decision, Evaluation, LeakHit
from apps.assessment.services import checking, decide_leaks
from apps.assessment.tests.makers import make_evaluation
from apps.assessment.tests.pages import hidden, judge_url, send
from apps.generation.models import Answer
from conftest import Cast

pytestmark = pytest.mark.slow
LATENCIES_MS = {"a": 7411, "b": 90233}
TOKENS = {"a": 71717, "b": 82828}
TEXTS = {"a": "Amber", "b": "Birch"}


@pytest.fixture
def evaluation(cast: Cast) -> Evaluation:
    evaluation = make_evaluation(
        cast.researcher,
        assessors=[cast.assessor],
        tasks=10,
        images=1,
        guidelines="Read both.",
        name="Baseline 0 won?",
        says={"t0": "Amber SmolLM2-135M-Instruct", "t5": "Amber <|im_end|>"},
    )
    hits = LeakHit.objects.all()
    decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=Decision.MASK, now=timezone.now())
    for side, run in (("a", evaluation.run_a), ("b", evaluation.run_b)):
        Answer.objects.filter(run=run).update(
            latency_ms=LATENCIES_MS[side],
            completion_tokens=TOKENS[side],
            worker=f"worker-{side}-host",
            trace=[{"step": f"step-{side}", "model": {"id": f"org/model-{side}"}}],
        )
    return evaluation


def test_whatever_the_browser_loads_is_free_of_secrets(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    client.force_login(cast.assessor)
    received = everything_loaded(client, evaluation)
    assert received.count('data-part="answer-1"') >= 10
    for secret in secrets(evaluation):
        assert secret.lower() not in received.lower(), secret


def test_the_side_tells_nothing_about_the_pipeline(cast: Cast, client: Client, evaluation: Evaluation) -> None:
    """Each pipeline stands on each side about equally often, and with its words masked the pages are the same."""
    client.force_login(cast.assessor)
    lefts, by_left = [], defaultdict[str, set[str]](set)
    for page in comparisons(client, evaluation):
        (left,) = re.findall(r'data-part="answer-1"[^>]*><p>(\w+)', page)
        lefts.append(left)
        by_left[left].add(mask(page))
    assert abs(lefts.count("Amber") - lefts.count("Birch")) <= 2
    assert by_left["Amber"] == by_left["Birch"]


def test_a_check_of_the_assessor_looks_like_any_other_comparison(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gold and controls: with answers and numbers blanked, their pages are among those of other comparisons."""
    for module in (policies, checking):
        monkeypatch.setattr(module, "check_due", lambda nth, **_: {1: "gold", 3: "control"}.get(nth % 4))
    tail = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=6, images=1, policy=Policy(gold_percent=25), tail=tail
    )
    client.force_login(cast.assessor)
    looks = defaultdict[bool, set[str]](set)
    for page in comparisons(client, evaluation):
        place = Assignment.objects.get(public_id=hidden(page)["assignment"])
        blank = re.sub(r'(data-part="answer-\d"[^>]*>).*?</div>', r"\1</div>", page, flags=re.DOTALL)
        looks[place.is_check].add(mask(blank))
        assert "gold" not in page.lower()
        assert "control" not in re.sub(r"[\w-]*controls?=|aria-controls", "", page.lower())
    assert len(looks[True]) >= 1
    assert looks[True] <= looks[False]


def comparisons(client: Client, evaluation: Evaluation) -> list[str]:
    """The page of every comparison, the first whole, the others as htmx gets them."""
    pages = [client.get(judge_url(evaluation)).content.decode()]
    while 'id="judge-form"' in pages[-1]:
        pages.append(send(client, evaluation, pages[-1], htmx=True).content.decode())
    return pages[:-1]


def everything_loaded(client: Client, evaluation: Evaluation) -> str:
    """Bodies and headers of the pages and of every address in them on this site."""
    pages = comparisons(client, evaluation)
    first = client.get(judge_url(evaluation))
    loaded = [*pages, str(first.headers), client.get(reverse("assessment:my_work")).content.decode()]
    own = r'(?:src|href|data-renew|data-ahead|hx-post)="(/evaluations/[^"]+)"'
    for address in sorted({address for page in pages for address in re.findall(own, page)}):
        response = client.post(address, {"lease": "1"}) if re.search("renew|ahead", address) else client.get(address)
        body = response.getvalue() if response.status_code < 400 else response.content
        loaded += [address, str(response.headers), body.decode("latin-1")]
    return "\n".join(loaded)


def secrets(evaluation: Evaluation) -> list[str]:
    found = [evaluation.name, str(evaluation.bucket.public_id), evaluation.bucket.name, "a_on_left", "org/model"]
    found += [hit.matched for hit in LeakHit.objects.all()] + ["smollm", "im_end"]
    for side, run in (("a", evaluation.run_a), ("b", evaluation.run_b)):
        revision = run.revision
        found += [str(run.public_id), str(revision.public_id), str(revision.pipeline.public_id), revision.sha256]
        found += [revision.pipeline.name, f"step-{side}", f"worker-{side}", str(LATENCIES_MS[side]), str(TOKENS[side])]
        found += [str(answer.public_id) for answer in run.answers.all()]
    for task in evaluation.bucket.tasks.all():
        found += [str(task.public_id), *(str(shown.image.public_id) for shown in task.task_images.all())]
        found += [shown.image.sha256 for shown in task.task_images.all()]
    return found + [str(comparison.public_id) for comparison in evaluation.comparisons.all()]


def mask(page: str) -> str:
    """The page without what may differ between any two comparisons."""
    page = re.sub(r"Amber|Birch", "TEXT", page[page.index("<judge-sheet") :].replace(MASK, "0"))
    page = page[: page.index("</judge-sheet>")]
    page = re.sub(r'<a class="button button--quiet" data-key="Key[UO]".*?</a>', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{64}", "ID", page)
    page = re.sub(r'lang="(en|ru)"|data-seconds-left="\d+"', "", page)
    return re.sub(r"\b[Qt]?(?:uestion )?\d+\b", "N", re.sub(r"\s+", " ", page))


def test_another_assessors_comparison_and_its_pictures_are_not_to_be_seen(
    cast: Cast, client: Client, evaluation: Evaluation
) -> None:
    client.force_login(cast.assessor)
    page = client.get(judge_url(evaluation)).content.decode()
    addresses = re.findall(r'src="(/evaluations/[^"]+)"', page)
    assert len(addresses) == 1
    assert {client.get(address).status_code for address in addresses} == {200}
    assert client.get(addresses[0].replace("/1/", "/9/")).status_code == 404
    client.force_login(cast.outsider)
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.get(judge_url(evaluation)).status_code == 404
