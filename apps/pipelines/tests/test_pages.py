import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.pipelines.forms import STARTER
from apps.pipelines.models import PipelineRevision
from apps.pipelines.services import create_pipeline, save_revision
from conftest import Cast
from inference.presets import presets

CHANGED = STARTER.replace("Answer briefly.", "Answer in one <b>word</b>.")
WRONG = STARTER.replace("model: llm", "model: gpt")


@pytest.fixture
def revision(cast: Cast) -> PipelineRevision:
    return create_pipeline(actor=cast.researcher, name="Plain", description="As it is", source=STARTER)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(revision: PipelineRevision) -> list[str]:
    pipeline = revision.pipeline.public_id
    return [
        reverse("pipelines:list"),
        reverse("pipelines:create"),
        reverse("pipelines:detail", args=[pipeline]),
        reverse("pipelines:revise", args=[pipeline]),
        reverse("pipelines:revision", args=[revision.public_id]),
    ]


def test_researchers_and_admins_see_pipelines_and_assessors_do_not(cast: Cast, revision: PipelineRevision) -> None:
    for address in addresses(revision):
        for user in (cast.researcher, cast.outsider, cast.admin):
            assert signed_in(user).get(address).status_code == 200, (address, user)
        assert signed_in(cast.assessor).get(address).status_code == 403, address
        assert Client().get(address).status_code == 302, address


def test_a_pipeline_is_written_and_revised(cast: Cast) -> None:
    client = signed_in(cast.researcher)
    made = client.post(reverse("pipelines:create"), {"source": STARTER, "description": "First"}, follow=True)
    pipeline = PipelineRevision.objects.get().pipeline
    assert made.redirect_chain[-1][0] == reverse("pipelines:detail", args=[pipeline.public_id])
    assert (pipeline.name, pipeline.description) == ("My pipeline", "First")
    address = reverse("pipelines:revise", args=[pipeline.public_id])
    assert "revision 2" in client.post(address, {"source": CHANGED}, follow=True).content.decode()
    assert "nothing new was saved" in client.post(address, {"source": CHANGED}, follow=True).content.decode()
    assert pipeline.revisions.count() == 2


def test_a_pipeline_may_start_from_a_preset(cast: Cast) -> None:
    client, address = signed_in(cast.researcher), reverse("pipelines:create")
    page = client.get(address, {"from": "search-vlm"})
    assert page.context["form"].initial["source"] == presets()["search-vlm"]
    assert client.get(address, {"from": "\x00"}).context["form"].initial["source"] == STARTER
    assert {preset.name for preset in page.context["presets"]} == {"smallest", *presets()}
    made = client.post(f"{address}?from=search-llm", {"source": presets()["search-llm"]}, follow=True)
    assert "search-llm" in made.content.decode()


def test_the_page_says_where_only_english_is_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    source = presets()["search-llm"]
    made = create_pipeline(actor=cast.researcher, name="Reads", description="", source=source)
    address = reverse("pipelines:revision", args=[made.public_id])
    for is_there in (True, False):
        monkeypatch.setattr("apps.pipelines.queries.has_tesseract", lambda is_there=is_there: is_there)
        page = signed_in(cast.researcher).get(address).content.decode()
        assert ("Only English is read" in page) != is_there


def test_faults_come_back_with_line_and_key_and_nothing_is_saved(cast: Cast) -> None:
    response = signed_in(cast.researcher).post(reverse("pipelines:create"), {"source": WRONG})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 9" in page
    assert "steps.0.model" in page
    assert "model: gpt" in page  # what was typed is still there
    assert not PipelineRevision.objects.exists()


def test_a_taken_name_is_told(cast: Cast, revision: PipelineRevision) -> None:
    source = STARTER.replace("My pipeline", "Plain")
    response = signed_in(cast.researcher).post(reverse("pipelines:create"), {"source": source})
    assert response.status_code == 422
    assert "already" in response.content.decode()


def test_typing_is_checked_on_the_server(cast: Cast) -> None:
    address = reverse("pipelines:validate")
    client = signed_in(cast.researcher)
    assert "Line 9" in client.post(address, {"source": WRONG}).content.decode()
    assert "is sound" in client.post(address, {"source": STARTER}).content.decode()
    assert client.post(address, {"source": "\x00"}).status_code == 200
    assert client.get(address).status_code == 405
    assert signed_in(cast.assessor).post(address, {"source": STARTER}).status_code == 403


def test_a_revision_shows_its_changes_and_escapes_them(cast: Cast, revision: PipelineRevision) -> None:
    second = save_revision(actor=cast.researcher, pipeline=revision.pipeline, source=CHANGED)
    page = signed_in(cast.researcher).get(reverse("pipelines:revision", args=[second.public_id])).content.decode()
    assert "changes__added" in page
    assert "changes__removed" in page
    assert "&lt;b&gt;word" in page
    assert "<b>word" not in page


@pytest.mark.parametrize("against", ["", "99", "x", "²", "1", "-1", "9" * 30])
def test_any_comparison_that_is_asked_for_has_an_answer(cast: Cast, revision: PipelineRevision, against: str) -> None:
    address = reverse("pipelines:revision", args=[revision.public_id])
    assert signed_in(cast.researcher).get(address, {"against": against}).status_code == 200
