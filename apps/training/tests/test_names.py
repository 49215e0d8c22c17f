"""Nothing is trained over a model that exists, nor over another's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.training.models import Training, TrainingState
from apps.training.services import TrainingRefused, start_training, write_recipe
from apps.training.services.names import with_free_name
from apps.training.tests.makers import RECIPE, make_model, make_training
from inference.errors import SpecError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("where", ["listed", "unpacked", "shipped"])
def test_no_recipe_has_the_name_of_a_model_and_drafts_get_another(
    cast: Cast, where: str, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODEL_DIR = tmp_path
    assert with_free_name(RECIPE, cast.researcher) == RECIPE
    if where == "listed":
        make_model("tiny")
    elif where == "unpacked":
        (tmp_path / "vlm" / "tiny").mkdir(parents=True)
        (tmp_path / "vlm" / "tiny" / "config.json").write_text("{}")
    else:
        monkeypatch.setattr("apps.training.services.names.WEIGHTS", tmp_path)
        (tmp_path / "tiny").mkdir()
    with pytest.raises(SpecError, match=r"line 2: model\.name: There is a model “tiny” already"):
        write_recipe(actor=cast.researcher, source=RECIPE)
    with pytest.raises(TrainingRefused, match="Give the new one another name"):
        start_training(actor=cast.researcher, training=make_training(cast.researcher, state=TrainingState.READY))
    draft = with_free_name(RECIPE, cast.researcher)
    assert draft == RECIPE.replace("name: tiny", "name: my-tiny")
    assert write_recipe(actor=cast.researcher, source=draft).name == "my-tiny"


def test_another_s_work_under_a_name_is_neither_gone_on_with_nor_wiped(cast: Cast) -> None:
    stopped = make_training(cast.researcher, state=TrainingState.CANCELLED)
    with pytest.raises(SpecError, match="has a training of “tiny” that can go on"):
        write_recipe(actor=cast.outsider, source=RECIPE)
    assert "name: my-tiny\n" in with_free_name(RECIPE, cast.outsider)
    assert write_recipe(actor=cast.researcher, source=RECIPE).name == "tiny", "one's own"
    late = make_training(cast.outsider, state=TrainingState.READY)
    with pytest.raises(TrainingRefused, match="can go on"):
        start_training(actor=cast.outsider, training=late, again=True)
    Training.objects.filter(pk=late.pk).delete()
    start_training(actor=cast.admin, training=stopped)
    Training.objects.filter(pk=stopped.pk).update(state=TrainingState.CANCELLED, saved_step=0, place=1)
    assert write_recipe(actor=cast.outsider, source=RECIPE).name == "tiny", "nothing was kept"
