"""The default runner: a pipeline's YAML, reading and a (tiny) language model, through the queue to the stored trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.base import ContentFile

from apps.buckets.models import Image, TaskImage
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState
from apps.generation.services import drain_run
from apps.generation.tests.makers import make_run
from apps.pipelines.services import create_pipeline
from inference.tests.makers import make_picture, make_text_model

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from apps.buckets.models import Bucket
    from conftest import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.model]
SOURCE = """
name: Read
models:
  llm: {{engine: transformers, source: "{folder}", dtype: float32, batch_size: 4}}
steps:
  - id: read
    uses: ocr
    in: {{images: $inputs.images}}
  - id: answer
    uses: generate
    model: llm
    in: {{instruction: $inputs.instruction, context: $read.text}}
    prompt: {{user: "{{{{ context }}}} {{{{ instruction }}}}"}}
    sampling: {{temperature: 0.0, max_tokens: 4}}
output: $answer.text
"""


def make_reading_bucket(cast: Cast, folder: Path) -> Bucket:
    bucket = make_bucket(cast.researcher, tasks=3)
    picture = make_picture(folder / "sign.png", "Opening hours").read_bytes()
    file = ContentFile(picture, name="sign.png")
    facts = {"sha256": "0" * 64, "media_type": "image/png", "width_px": 640, "height_px": 240}
    image = Image.objects.create(file=file, size_bytes=len(picture), **facts)
    TaskImage.objects.create(task=bucket.tasks.get(position=1), image=image, position=0)
    return bucket


def test_a_pipeline_answers_a_bucket(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.GENERATION_RUNNER = "apps.generation.services.resident.build_runner"
    source = SOURCE.format(folder=make_text_model(tmp_path / "model"))
    revision = create_pipeline(actor=cast.researcher, name="Read", description="", source=source)
    run = make_run(make_reading_bucket(cast, tmp_path), revision, done=False)
    drain_run(run_public_id=run.public_id, worker="here:1", turn_seconds=60)
    answers = list(run.answers.order_by("task__position"))
    run.refresh_from_db()
    assert ([answer.state for answer in answers], run.problem) == ([AnswerState.DONE] * 3, "")
    read, said = answers[1].trace
    assert "Opening hours" in read["output"]["text"]
    assert "Opening hours" in said["prompt"]
    assert answers[1].completion_tokens == said["completion_tokens"]
