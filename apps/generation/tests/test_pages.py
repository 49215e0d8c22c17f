"""The pages of runs: who sees them, what they show, what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, Run, RunState
from apps.generation.queries import failures_by_cause
from apps.generation.services import cancel_run
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from apps.accounts.models import User
    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bucket: Bucket, revision: PipelineRevision) -> Run:
    return make_run(bucket, revision)


def page(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    return client.get(address).content.decode()


def detail(run: Run) -> str:
    return reverse("generation:detail", args=[run.public_id])


@pytest.mark.parametrize("name", ["detail", "live", "cancel"])
def test_a_run_is_seen_by_members_of_its_bucket(client: Client, cast: Cast, run: Run, name: str) -> None:
    address = reverse(f"generation:{name}", args=[run.public_id])
    expected = {cast.researcher: 200, cast.admin: 200, cast.outsider: 404, cast.assessor: 403}
    for user, status in expected.items():
        client.force_login(user)
        assert client.get(address, headers={"HX-Request": "true"}).status_code == status, user
    client.logout()
    assert client.get(address).status_code == 302


def test_an_answer_is_seen_by_members_of_its_bucket(client: Client, cast: Cast, run: Run) -> None:
    address = reverse("generation:answer", args=[run.answers.all()[0].public_id])
    for user, status in {cast.researcher: 200, cast.outsider: 404, cast.assessor: 403}.items():
        client.force_login(user)
        assert client.get(address).status_code == status, user


def test_a_colleague_may_look_but_not_cancel_or_retry(client: Client, cast: Cast, run: Run) -> None:
    run.bucket.members.add(cast.outsider)
    text = page(client, cast.outsider, detail(run))
    assert "Cancel the run" not in text
    for name in ("cancel", "retry"):
        assert client.post(reverse(f"generation:{name}", args=[run.public_id])).status_code == 403
    run.refresh_from_db()
    assert run.state == RunState.ACTIVE


def test_the_list_shows_only_runs_one_may_see(client: Client, cast: Cast, run: Run) -> None:
    address = reverse("generation:list")
    assert detail(run) in page(client, cast.researcher, address)
    assert detail(run) not in page(client, cast.outsider, address)


def test_the_list_takes_as_many_queries_for_many_runs(
    client: Client, cast: Cast, bucket: Bucket, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 12):
        make_run(bucket, make_revision(cast.researcher, name=f"P{number}", number=number))
    client.force_login(cast.researcher)
    with django_assert_max_num_queries(8):
        client.get(reverse("generation:list"))


def test_two_runs_of_a_bucket_can_be_compared(client: Client, cast: Cast, bucket: Bucket, run: Run) -> None:
    address = f"{reverse('generation:list')}?bucket={bucket.public_id}"
    assert "Two runs over this bucket are needed" in page(client, cast.researcher, address)
    other = make_run(bucket, make_revision(cast.researcher, name="Other"))
    text = page(client, cast.researcher, f"{address}&run_a={run.public_id}")
    assert f'action="{reverse("assessment:create")}"' in text
    assert f'name="run_a" value="{run.public_id}" required checked' in text
    assert f'name="run_b" value="{other.public_id}" required checked' in text


def test_a_run_under_way_can_be_chosen_and_one_without_answers_can_not(
    client: Client, cast: Cast, bucket: Bucket, run: Run
) -> None:
    waiting = make_run(bucket, make_revision(cast.researcher, name="Second"), done=False)
    hopeless = make_run(bucket, make_revision(cast.researcher, name="Third"), done=False)
    cancel_run(actor=cast.researcher, run=hopeless)
    text = page(client, cast.researcher, f"{reverse('generation:list')}?bucket={bucket.public_id}")
    assert [f'value="{some.public_id}"' in text for some in (run, waiting, hopeless)] == [True, True, False]


def test_a_start_from_the_page(client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision) -> None:
    address = reverse("generation:start")
    text = page(client, cast.researcher, f"{address}?bucket={bucket.public_id}&revision={revision.public_id}")
    assert f'value="{bucket.public_id}" selected' in text
    assert f'value="{revision.public_id}" selected' in text
    answer = client.post(address, {"bucket": bucket.public_id, "revision": revision.public_id, "seed": ""})
    assert answer.headers["Location"] == detail(Run.objects.get())


def test_a_bucket_one_may_not_see_can_not_be_run(
    client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision
) -> None:
    client.force_login(cast.outsider)
    form = {"bucket": bucket.public_id, "revision": revision.public_id, "seed": 0}
    assert client.post(reverse("generation:start"), form).status_code == 422
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "bad", [{"bucket": "nonsense"}, {"seed": "-1"}, {"seed": "99999999999999999999"}, {"revision": ""}]
)
def test_a_start_that_makes_no_sense_is_explained(
    client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision, bad: dict[str, str]
) -> None:
    client.force_login(cast.researcher)
    form = {"bucket": str(bucket.public_id), "revision": str(revision.public_id), "seed": "0", **bad}
    answer = client.post(reverse("generation:start"), form)
    assert answer.status_code == 422
    assert "One thing needs your attention" in answer.content.decode()


def test_an_empty_bucket_is_refused_beside_its_field(client: Client, cast: Cast, revision: PipelineRevision) -> None:
    empty = make_bucket(cast.researcher, name="Empty", tasks=0)
    client.force_login(cast.researcher)
    form = {"bucket": empty.public_id, "revision": revision.public_id, "seed": 0}
    assert "has no tasks" in client.post(reverse("generation:start"), form).content.decode()


def test_the_page_asks_for_itself_until_the_run_has_settled(
    client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision, run: Run
) -> None:
    waiting = make_run(bucket, revision, done=False)
    live = reverse("generation:live", args=[waiting.public_id])
    assert f'hx-get="{live}?state=waiting"' in page(client, cast.researcher, f"{detail(waiting)}?state=waiting")
    settled = page(client, cast.researcher, detail(run))
    assert 'id="live"' in settled
    assert reverse("generation:live", args=[run.public_id]) not in settled
    part = client.get(live, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="live"')
    assert client.get(live).headers["Location"] == detail(waiting)


def test_a_paused_run_says_why(client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision) -> None:
    run = make_run(bucket, revision, done=False)
    Run.objects.update(problem="no such folder: <models>")
    text = page(client, cast.researcher, detail(run))
    assert "Paused" in text
    assert "no such folder: &lt;models&gt;" in text


def test_failures_show_their_cause_and_are_tried_again(client: Client, cast: Cast, run: Run) -> None:
    Answer.objects.filter(task__position=2).update(state=AnswerState.FAILED, error_kind="input", error="no picture")
    text = page(client, cast.researcher, detail(run))
    assert "Failures by cause" in text
    assert "no picture" in text
    answer = client.post(reverse("generation:retry", args=[run.public_id]), follow=True)
    assert "1 answer is tried again." in answer.content.decode()
    assert run.answers.filter(state=AnswerState.WAITING).count() == 1


def test_one_cause_is_tried_again_alone(client: Client, cast: Cast, run: Run) -> None:
    failed = {"state": AnswerState.FAILED, "text": None}
    causes = [("input", "no picture"), ("worker_lost", "host:1"), ("worker_lost", "host:22")]
    for position, (kind, error) in enumerate(causes):
        Answer.objects.filter(task__position=position).update(**failed, error_kind=kind, error=error)
    lost, broken = failures_by_cause(run)
    assert (lost.kind, lost.count, broken.count) == ("worker_lost", 2, 1), "the process number is no other cause"
    assert f'value="{lost.key}"' in page(client, cast.researcher, detail(run))
    answer = client.post(reverse("generation:retry", args=[run.public_id]), {"cause": lost.key}, follow=True)
    assert "2 answers are tried again." in answer.content.decode()
    assert [group.key for group in failures_by_cause(run)] == [broken.key]


def test_a_cancel_asks_first(client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision) -> None:
    run = make_run(bucket, revision, done=False)
    address = reverse("generation:cancel", args=[run.public_id])
    assert "Cancel this run?" in page(client, cast.researcher, address)
    assert run.answers.filter(state=AnswerState.WAITING).count() == 6
    answer = client.post(address, follow=True)
    assert "6 answers were left out" in answer.content.decode()
    retried = client.post(reverse("generation:retry", args=[run.public_id]), follow=True)
    assert "This run was cancelled" in retried.content.decode()


def test_what_a_model_says_is_only_text(client: Client, cast: Cast, run: Run) -> None:
    hostile = "<script>alert(1)</script>"
    step = {"step": hostile, "uses": "x", "input": {hostile: hostile}, "output": hostile, "prompt": hostile}
    Answer.objects.update(text=hostile, trace=[{**step, "model": {hostile: hostile}}])
    answer = reverse("generation:answer", args=[run.answers.all()[0].public_id])
    for address in (detail(run), answer):
        text = page(client, cast.researcher, address)
        assert hostile not in text
        assert "&lt;script&gt;" in text


def test_an_answer_shows_its_pictures_and_is_in_its_language(client: Client, cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, tasks=2, images=1)
    run = make_run(bucket, make_revision(cast.researcher))
    russian = run.answers.get(task__position=1)
    text = page(client, cast.researcher, reverse("generation:answer", args=[russian.public_id]))
    image = russian.task.task_images.all()[0].image
    assert reverse("buckets:image", args=[image.public_id]) in text
    assert '<p class="prose" lang="ru" dir="auto">Answer t1</p>' in text
