"""The pages of the playground and of compared traces: who sees them, what they take, what they show."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.urls import reverse
from PIL import Image as Pillow

from apps.audit.models import AuditEvent
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, Trial, Worker
from apps.generation.services import answer_trials
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from django.test import Client

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ADDRESS = "/runs/playground/"


def step(**facts: Any) -> dict[str, Any]:
    return {"step": "answer", "uses": "generate", "input": {}, "output": {"text": "said"}, "latency_ms": 5, **facts}


def make_trial(cast: Cast, revision: PipelineRevision, **facts: Any) -> Trial:
    given = {"together": uuid4(), "instruction": "What?", "language": "en", "queue": "cpu", **facts}
    return Trial.objects.create(created_by=cast.researcher, revision=revision, **given)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_task_and_two_revisions_from_the_page(
    client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision
) -> None:
    client.force_login(cast.researcher)
    other = make_revision(cast.researcher, name="Other")
    opened = text_of(client, f"{ADDRESS}?bucket={bucket.public_id}&key=t2&revision={revision.public_id}")
    assert f'value="{revision.public_id}" selected' in opened
    assert '<option value="t5"></option>' in opened
    form = {"revision": revision.public_id, "beside": other.public_id, "bucket": bucket.public_id, "key": "t2"}
    answer = client.post(ADDRESS, form)
    first, second = Trial.objects.order_by("pk")
    assert answer.headers["Location"] == reverse("generation:trial", args=[first.public_id])
    assert first.task is not None
    assert (first.task.key, first.together) == ("t2", second.together)
    answer_trials(worker="here:1")
    page = text_of(client, answer.headers["Location"])
    assert "hx-get" not in page
    assert reverse("generation:trial_compare", args=[first.public_id]) in page
    assert client.get(reverse("generation:trial_compare", args=[second.public_id])).status_code == 200


def test_something_typed_with_a_picture_that_is_encoded_anew(
    client: Client, cast: Cast, revision: PipelineRevision
) -> None:
    client.force_login(cast.researcher)
    buffer = io.BytesIO()
    Pillow.new("RGB", (8, 6), "red").save(buffer, "WEBP")
    upload = SimpleUploadedFile("x.webp", buffer.getvalue())
    form = {"revision": revision.public_id, "instruction": "What colour?", "language": "EN", "picture": upload}
    page = client.post(ADDRESS, form, follow=True).content.decode()
    trial = Trial.objects.get()
    given = trial.pictures.get()
    assert (trial.language, given.media_type, given.width_px) == ("en", "image/png", 8)
    picture = reverse("generation:trial_picture", args=[trial.public_id, 1])
    assert picture in page
    assert client.get(picture).headers["Content-Type"] == "image/png"
    client.force_login(cast.outsider)
    assert client.get(picture).status_code == 404


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"instruction": ""}, "Type what to ask, or choose a bucket above."),
        ({"key": "t99", "instruction": "", "bucket": "own"}, "has no task “t99”"),
        ({"bucket": "own"}, "not both"),
        ({"bucket": "foreign", "instruction": ""}, "Select a valid choice"),
        ({"language": "klingon"}, "“klingon” is not a language tag"),
        ({"picture": SimpleUploadedFile("x.png", b"nothing")}, "“x.png” is not a picture that can be read."),
        ({"beside": "same"}, "This is the same revision."),
        ({"revision": ""}, "This field is required."),
    ],
)
def test_what_makes_no_sense_is_explained(
    client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision, bad: dict[str, Any], said: str
) -> None:
    foreign = make_bucket(cast.outsider, name="Foreign")
    names = {"own": bucket.public_id, "foreign": foreign.public_id, "same": revision.public_id}
    form = {"revision": revision.public_id, "instruction": "What?", "language": "en"}
    client.force_login(cast.researcher)
    answer = client.post(ADDRESS, form | {key: names.get(value, value) for key, value in bad.items()})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Trial.objects.exists()


def test_a_trial_is_its_maker_s_and_the_admins(client: Client, cast: Cast, revision: PipelineRevision) -> None:
    trial = make_trial(cast, revision)
    for name in ("trial", "trial_live"):
        address = reverse(f"generation:{name}", args=[trial.public_id])
        for user, status in {cast.researcher: 200, cast.admin: 200, cast.outsider: 404, cast.assessor: 403}.items():
            client.force_login(user)
            assert client.get(address, headers={"HX-Request": "true"}).status_code == status, user
    client.force_login(cast.outsider)
    assert "What?" not in text_of(client, ADDRESS)


def test_the_page_asks_until_settled_and_is_sent_only_what_is_new(
    client: Client, cast: Cast, revision: PipelineRevision
) -> None:
    trial = make_trial(cast, revision)
    client.force_login(cast.researcher)
    page = text_of(client, reverse("generation:trial", args=[trial.public_id]))
    live = f"{reverse('generation:trial_live', args=[trial.public_id])}?seen=0waiting0%21"
    assert f'hx-get="{live}"' in page
    assert "Load this page again" in page
    assert client.get(live, headers={"HX-Request": "true"}).status_code == 204
    Trial.objects.update(state=AnswerState.FAILED, error_kind="model", error="<no> model", trace=[step()])
    part = client.get(live, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="trials"')
    assert "&lt;no&gt; model" in part
    assert "hx-get" not in part
    assert 'id="1-story-0-1" hx-preserve' in part
    assert "1 step done" in part
    assert client.get(live).headers["Location"] == reverse("generation:trial", args=[trial.public_id])


def test_a_trial_that_nobody_takes_says_so_and_is_given_up(
    client: Client, cast: Cast, revision: PipelineRevision
) -> None:
    trial = make_trial(cast, revision)
    address = reverse("generation:trial", args=[trial.public_id])
    client.force_login(cast.researcher)
    assert "No worker listens to" in text_of(client, address)
    Worker.objects.create(name="a:1", host="a", pid=1, queues="cpu", started_at=Now(), seen_at=Now())
    assert "No worker listens to" not in text_of(client, address)
    give_up = reverse("generation:trial_give_up", args=[trial.public_id])
    client.force_login(cast.outsider)
    assert client.post(give_up).status_code == 404
    client.force_login(cast.researcher)
    page = client.post(give_up, follow=True).content.decode()
    trial.refresh_from_db()
    assert (trial.state, AuditEvent.objects.filter(verb="trial.given_up").count()) == (AnswerState.CANCELLED, 1)
    assert "hx-get" not in page
    assert "1 trial was given up." in page


def test_a_task_of_a_bucket_that_one_may_not_see_any_more_is_gone(
    client: Client, cast: Cast, bucket: Bucket, revision: PipelineRevision
) -> None:
    trial = make_trial(cast, revision, task=bucket.tasks.first())
    address = reverse("generation:trial", args=[trial.public_id])
    client.force_login(cast.researcher)
    assert client.get(address).status_code == 200
    bucket.members.remove(cast.researcher)
    assert client.get(address).status_code == 404
    assert address not in text_of(client, ADDRESS)


def test_two_answers_to_one_task_stand_step_by_step(client: Client, cast: Cast, bucket: Bucket) -> None:
    runs = [make_run(bucket, make_revision(cast.researcher, name=name)) for name in ("Old", "New")]
    left, right = (run.answers.get(task__position=1) for run in runs)
    doc = {"id": "d", "title": "Zoo", "text": "Opened", "source": "https://zoo.example", "score": 2}
    Answer.objects.filter(pk=left.pk).update(trace=[step(output={"text": "in <b>1864</b>", "docs": [doc]})])
    Answer.objects.filter(pk=right.pk).update(
        trace=[step(step="see", uses="ocr"), step(output={"text": "in 1920", "docs": [doc]}, cached=True)]
    )
    address = reverse("generation:compare", args=[left.public_id, right.public_id])
    client.force_login(cast.researcher)
    assert address in text_of(client, reverse("generation:answer", args=[left.public_id]))
    page = text_of(client, address)
    assert "<del>&lt;b&gt;1864&lt;/b&gt;</del>" in page
    assert "<ins>1920</ins>" in page
    assert page.count("On both sides") == 2
    assert "This side has no such step." in page
    assert "the model was not asked again" in page
    elsewhere = runs[1].answers.get(task__position=2)
    wrong = reverse("generation:compare", args=[left.public_id, elsewhere.public_id])
    assert client.get(wrong).status_code == 404
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404
