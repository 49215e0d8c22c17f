"""A tiny language model as judge, through the ordinary queue: it babbles, and its babble is counted, not guessed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from apps.assessment.tests.makers import make_evaluation
from apps.generation.models import AnswerState
from apps.generation.services import drain_run
from apps.generation.services.resident import forget_runner
from apps.judges.models import Reading
from apps.judges.queries import coverage, judge_verdicts
from apps.judges.services import collect_all, start_model_judge
from apps.pipelines.services import create_pipeline
from inference.tests.makers import make_text_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.model]
SOURCE = """
name: Judge
models:
  llm: {{engine: transformers, source: "{folder}", dtype: float32, batch_size: 4}}
steps:
  - id: judge
    uses: generate
    model: llm
    in: {{instruction: $inputs.instruction}}
    prompt: {{user: "{{{{ instruction }}}}"}}
    sampling: {{temperature: 0.0, max_tokens: 4}}
output: $judge.text
"""


@pytest.fixture(autouse=True)
def _no_runner_is_kept() -> Iterator[None]:
    forget_runner()
    yield
    forget_runner()


def make_roomy_model(folder: Path) -> Path:
    """With a context that holds the form of assessors."""
    config = make_text_model(folder) / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"max_position_embeddings": 4096}))
    return folder


def test_a_model_judges_through_an_ordinary_run(cast: Cast, tmp_path: Path) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=2)
    source = SOURCE.format(folder=make_roomy_model(tmp_path / "model"))
    revision = create_pipeline(actor=cast.researcher, name="Judge", description="", source=source)
    judge = start_model_judge(actor=cast.researcher, evaluation=evaluation, revision=revision, now=timezone.now())
    run = judge.judge_runs.get().run
    drain_run(run_public_id=run.public_id, worker="here:1", turn_seconds=60)
    answers = list(run.answers.order_by("task__position"))
    assert [answer.state for answer in answers] == [AnswerState.DONE] * 4
    assert "Amber t0" in answers[0].trace[0]["prompt"]
    assert collect_all() == 4
    assert {judgment.reading for judgment in judge.judgments.all()} == {Reading.UNPARSED}
    assert (coverage(judge).unparsed, judge_verdicts(evaluation, judge)) == (4, [])
