"""`manage.py vlm` says what `inference.vlm` found, and ends with what to do where it can't go on."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from inference.tests.vlm_makers import architecture_yaml, make_architecture

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


def test_describe_tells_the_cost_and_faults_name_line_and_key(tmp_path: Path, settings: "Settings") -> None:
    settings.MODEL_DIR = tmp_path
    make_architecture(tmp_path)
    file = tmp_path / "tiny.yaml"
    file.write_text(architecture_yaml())
    out = StringIO()
    call_command("vlm", "describe", str(file), stdout=out)
    assert "128  tokens; 124 left beside one picture" in out.getvalue()
    file.write_text(architecture_yaml().replace("image_token", "picture_token"))
    with pytest.raises(CommandError, match="line 7: picture_token: This key is not known here"):
        call_command("vlm", "describe", str(file))
    with pytest.raises(CommandError, match="line 1: stages: This key is required"):
        call_command("vlm", "train", str(file))
    with pytest.raises(CommandError, match="nowhere"):
        call_command("vlm", "preview", "nowhere")
