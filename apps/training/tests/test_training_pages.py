from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from apps.pipelines.tests.makers import make_revision
from apps.training.models import Training, TrainingState
from apps.training.queries import seen
from apps.training.tests.makers import RECIPE, make_folder, make_model, make_training

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from apps.accounts.models import User
    from conftest import Cast

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_recipe_comes_back_with_line_and_key_or_waits_for_its_check(cast: Cast) -> None:
    client, address = signed_in(cast.researcher), reverse("training:create")
    assert "easy-vqa" in client.get(address, {"from": "easy-vqa"}).content.decode()
    wrong = client.post(address, {"source": RECIPE.replace("batch_size: 2", "batchsize: 2")})
    assert wrong.status_code == 422
    assert "stages.1.batchsize" in wrong.content.decode()
    assert "Line 14" in client.post(reverse("training:validate"), {"source": RECIPE + "x: 1"}).content.decode()
    made = client.post(address, {"source": RECIPE}, follow=True).content.decode()
    training = Training.objects.get()
    assert "Being checked" in made
    assert "every 3s" in made
    again = client.get(address, {"again": str(training.public_id)})
    assert again.context["form"].initial["source"] == RECIPE


def test_the_page_shows_curves_samples_and_what_was_found_and_escapes_it(cast: Cast) -> None:
    training = make_training(cast.researcher)
    client, address = signed_in(cast.researcher), reverse("training:detail", args=[training.public_id])
    page = client.get(address).content.decode()
    assert page.count("<polyline") == 4
    for shown in ("Stage 2 of 2, say: step 20 of 40", "a &lt;b&gt;dog&lt;/b&gt;", "【yes】", "134,515,008", "step 15"):
        assert shown in page
    live = reverse("training:live", args=[training.public_id])
    assert client.get(live, {"seen": seen(training)}, headers={"HX-Request": "true"}).status_code == 204
    changed = client.get(live, {"seen": "before"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="live"' in changed
    assert "<html" not in changed
    picture = client.get(reverse("training:picture", args=[training.public_id, 1]))
    assert (picture.headers["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")


def test_who_wrote_it_and_admins_stop_and_start_others_only_look(cast: Cast) -> None:
    training = make_training(cast.researcher)
    cancel, start = (reverse(f"training:{verb}", args=[training.public_id]) for verb in ("cancel", "start"))
    detail = reverse("training:detail", args=[training.public_id])
    assert signed_in(cast.outsider).post(cancel).status_code == 403
    assert "Cancel the training" not in signed_in(cast.outsider).get(detail).content.decode()
    assert "What was learned" in signed_in(cast.researcher).post(cancel, follow=True).content.decode()
    assert "waits for a worker" in signed_in(cast.admin).post(start, follow=True).content.decode()
    training.refresh_from_db()
    assert training.state == TrainingState.WAITING


def test_a_model_shows_its_card_and_pipelines_lead_to_it(cast: Cast) -> None:
    spec = {
        "models": {"vlm": {"engine": "transformers", "source": "./vlm/tiny"}},
        "steps": [{"id": "answer", "uses": "direct", "model": "vlm", "in": {}}],
        "output": "$answer.text",
    }
    revision = make_revision(cast.researcher, name="Ours", spec=spec)
    client, model = signed_in(cast.researcher), make_model("tiny")
    pipeline = client.get(reverse("pipelines:revision", args=[revision.public_id])).content.decode()
    named = reverse("training:named", args=["tiny"])
    assert f'href="{named}"' in pipeline
    page = client.get(named, follow=True).content.decode()
    for shown in ("95.7 %", "<td>red</td>", "model: &lt;b&gt;tiny&lt;/b&gt;", "Ours r1", "the command line"):
        assert shown in page
    assert "tiny" in client.get(reverse("training:list")).content.decode()
    make_model("tiny", sha256="c" * 64)
    assert (
        "no longer in the model folder"
        in client.get(reverse("training:model", args=[model.public_id])).content.decode()
    )
    missing = client.get(reverse("training:named", args=["nobody"]))
    assert (missing.status_code, b"manage.py vlm register nobody" in missing.content) == (404, True)


def test_a_model_that_lies_in_the_folder_can_be_listed(cast: Cast, tmp_path: Path, settings: Settings) -> None:
    settings.MODEL_DIR = tmp_path
    make_folder(tmp_path / "vlm" / "found", b"weights")
    client = signed_in(cast.researcher)
    address = reverse("training:register", args=["found"])
    assert address in client.get(reverse("training:list")).content.decode()
    assert address in client.get(reverse("training:named", args=["found"])).content.decode()
    assert "90.0 %" in client.post(address, follow=True).content.decode()
    assert address not in client.get(reverse("training:list")).content.decode()
    gone = client.post(reverse("training:register", args=["nobody"]))
    assert gone.headers["Location"] == reverse("training:list")
