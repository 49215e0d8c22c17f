"""`manage.py model_memory`"""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from inference.tests.makers import make_text_model

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

PIPELINE = """\
name: Two models
models:
  near: {engine: transformers, source: ./text, device: cpu, batch_size: 4}
  far: {engine: openai, source: org/large, endpoint: vllm-a}
steps:
  - id: answer
    uses: generate
    model: near
    in: {asked: $inputs.instruction}
    prompt: "{{ asked }}"
    sampling: {temperature: 0, max_tokens: 3}
output: $answer.text
"""


@pytest.mark.model
def test_the_command_tells_bounds_and_fails_where_a_model_cannot_fit(
    tmp_path: Path, settings: "Settings", monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODEL_DIR = tmp_path
    make_text_model(tmp_path / "text")
    (tmp_path / "two.yaml").write_text(PIPELINE)
    told = StringIO()
    call_command("model_memory", str(tmp_path / "two.yaml"), stdout=told)
    assert "with 4 answers of 128 tokens at least 0.4 MB" in told.getvalue()
    assert "org/large at the endpoint vllm-a takes no memory here" in told.getvalue()
    monkeypatch.setattr("inference.models.weights.free_bytes", lambda device: 1000)
    with pytest.raises(CommandError, match="No room here for: near"):
        call_command("model_memory", str(tmp_path / "two.yaml"), stdout=told)
    (tmp_path / "text" / "model.safetensors").unlink()
    with pytest.raises(CommandError, match=r"near: The files of \./text can't be read"):
        call_command("model_memory", str(tmp_path / "two.yaml"), stdout=told)
