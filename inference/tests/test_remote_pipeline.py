"""Pipelines with a remote model: what their definition may say, and how a server's absence reaches the caller."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.contracts import TaskInput
from inference.errors import ModelUnavailable
from inference.runner import make_runner
from inference.spec import SpecError, load_spec, parse_spec
from inference.tests.servers import Recorder, completion, serving, told

pytestmark = pytest.mark.slow  # loads models
SOUND = """\
name: Remote
models:
  vlm:
    engine: openai
    endpoint: local
    source: org/model
steps:
  - id: join
    uses: infocontext
    model: vlm
    in: {asked: $inputs.instruction}
    with:
      budget_characters: 200
  - id: answer
    uses: generate
    model: vlm
    in: {context: $join.text, images: $inputs.images}
    prompt: "{{ context }}"
    sampling: {temperature: 0, max_tokens: 5}
output: $answer.text
"""
TASKS = [TaskInput(str(place), f"question {place}", "en") for place in range(3)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    with serving() as recorder:
        monkeypatch.setenv("MODEL_ENDPOINTS", f"local={recorder.url}")
        yield recorder


def test_a_remote_pipeline_answers_and_its_trace_tells_by_whom(server: Recorder, tmp_path: Path) -> None:
    server.answer = lambda number, body: completion(body["messages"][0]["content"].upper())
    outcomes = make_runner(parse_spec(SOUND), model_dir=tmp_path).run(TASKS, seed=1)
    assert [outcome.text for outcome in outcomes] == ["QUESTION 0", "QUESTION 1", "QUESTION 2"]
    record = outcomes[0].trace[-1].model
    assert record is not None
    assert (record["endpoint"], record["system_fingerprint"]) == ("local", "fp_7")


def test_a_server_that_refuses_everything_stops_the_batch_and_fails_no_task(server: Recorder, tmp_path: Path) -> None:
    runner = make_runner(parse_spec(SOUND), model_dir=tmp_path)
    server.answer = lambda number, body: told(404, {"error": {"message": "no such model"}})
    with pytest.raises(ModelUnavailable, match=r"local.*no such model"):
        runner.run(TASKS, seed=1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    endpoint: local\n", "", (4, "models.vlm.engine", "endpoint_needed")),
        ("endpoint: local", "endpoint: http://evil", (5, "models.vlm.endpoint", "bad_pattern")),
        ("source: org/model", "source: ' org/model'", (6, "models.vlm.source", "source_name")),
        ("source: org/model", "source: m\n    dtype: float32", (7, "models.vlm.dtype", "key_of_other_engine")),
        ("org/model", "m\n    deadline_seconds: 9", (7, "models.vlm.deadline_seconds", "deadline_short")),
        ("org/model", "m\n    extra_body: {seed: 1}", (7, "models.vlm.extra_body.seed", "extra_reserved")),
        ("org/model", "m\n    extra_body: {models: [x]}", (7, "models.vlm.extra_body.models", "unknown_key")),
        ("org/model", f"m\n    extra_body: {{stop: {'x' * 5000}}}", (7, "models.vlm.extra_body", "extra_large")),
        ("budget_characters", "budget_tokens", (13, "steps.0.with.budget_tokens", "tokens_uncounted")),
        ("engine: openai", "engine: transformers", (5, "models.vlm.endpoint", "key_of_other_engine")),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_line_and_key(old: str, new: str, expected: tuple[int, str, str]) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(SOUND.replace(old, new, 1))
    assert expected in [(found.line, found.key, found.code) for found in caught.value.problems]


def test_what_is_stored_reads_back(server: Recorder) -> None:
    spec = parse_spec(SOUND.replace("source: org/model", "source: m\n    extra_body: {top_k: 5}\n    concurrency: 3"))
    assert load_spec(spec.canonical()) == spec
