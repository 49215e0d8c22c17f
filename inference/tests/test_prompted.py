"""Steps that ask a model: rephrase, caption, direct, generate."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from inference.components import components
from inference.contracts import BatchRunner, Failure, TaskInput
from inference.declare import Cancelled, Request, Resources, Result, StepInput, StepOutput
from inference.errors import ModelUnavailable
from inference.presets import presets
from inference.runner import make_runner
from inference.spec import SpecError, parse_spec
from inference.spec.model import Prompt, Sampling, StepSpec
from inference.tests.makers import make_image_model, make_picture, make_text_model
from inference.tests.test_text_search import write_corpus

pytestmark = pytest.mark.slow  # loads models


class Scripted:
    """Says what it is told to and keeps what it was asked."""

    reads_images = True

    def __init__(self, *texts: str) -> None:
        self.texts, self.asked = iter(texts), list[Request]()

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        self.asked += requests
        said = [(request, next(self.texts)) for request in requests]
        return [Result(text, "stop", one.user, 10, 2, 5, len(requests), facts={"id": text}) for one, text in said]

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def describe(self) -> Mapping[str, Any]:
        return {"engine": "scripted"}


def run(uses: str, model: Scripted, *values: Mapping[str, Any], prompt: str = "{{ instruction }}") -> list[Any]:
    sampling = Sampling(temperature=0, max_tokens=9)
    step = StepSpec(id="s", uses=uses, model="m", prompt=Prompt(user=prompt), sampling=sampling)
    component = components()[uses]
    runner = component.build(step, component.options(), Resources(model, Path()))
    return runner([StepInput(value, "en", place) for place, value in enumerate(values)], lambda: False)


@pytest.mark.parametrize(
    ("written", "query"),
    [
        ("red  cup", "red  cup"),
        (' "height of the tower" \n\nI hope that helps', "height of the tower"),
        ("Search query: height of the tower", "height of the tower"),
        ("Запрос: «высота башни»", "высота башни"),
        ("\n\n- - -\nred cup", "red cup"),
        ("word " * 200, ("word " * 60).strip()),
    ],
)
def test_a_query_is_one_line_without_its_trimmings(written: str, query: str) -> None:
    (found,) = run("rephrase", Scripted(written), {"instruction": "What?"})
    assert found.outputs == {"query": query, "written": written}


@pytest.mark.parametrize("written", ["", "  \n", "...", '""'])
def test_an_empty_query_falls_back_to_the_instruction_and_says_so(written: str) -> None:
    (found,) = run("rephrase", Scripted(written), {"instruction": "What is\nthis?"})
    assert found.outputs["query"] == "What is this?"
    assert "instruction" in found.outputs["fallback"]


def test_a_rephraser_that_reads_pictures_is_given_them() -> None:
    model = Scripted("a query", "another")
    run("rephrase", model, {"instruction": "a", "images": [Path("1.png"), Path("2.png")]}, {"instruction": "b"})
    assert [request.images for request in model.asked] == [(Path("1.png"), Path("2.png")), ()]


def test_every_picture_gets_a_caption_of_its_own_and_no_picture_none() -> None:
    model = Scripted("one cat", "a dog", "a\nhorse")
    values: tuple[dict[str, Any], ...] = ({"images": []}, {"images": [Path("1")]}, {"images": [Path("2"), Path("3")]})
    none, one, two = run("caption", model, *values, prompt="Describe.")
    assert (none.outputs, dict(none.facts)) == ({"text": ""}, {})
    assert one.outputs["text"] == "one cat"
    assert two.outputs["text"] == "1. a dog\n2. a horse"
    assert (two.facts["prompt_tokens"], two.facts["completion_tokens"]) == (20, 4)
    assert [request.images for request in model.asked] == [(Path("1"),), (Path("2"),), (Path("3"),)]
    assert [request.seed for request in model.asked] == [1, 2, 3]
    assert one.facts["model"]["id"] == "one cat"
    assert [call["id"] for call in two.facts["model"]["calls"]] == ["a dog", "a\nhorse"]


def test_tasks_without_pictures_ask_a_captioner_nothing() -> None:
    model = Scripted()
    assert [found.outputs for found in run("caption", model, {"images": []}, prompt="x")] == [{"text": ""}]
    assert model.asked == []


def test_direct_takes_any_number_of_pictures_and_records_its_sampling() -> None:
    model = Scripted("yes", "no")
    found = run("direct", model, {"instruction": "a", "images": []}, {"instruction": "b", "images": [Path("1")]})
    assert [one.outputs["text"] for one in found if isinstance(one, StepOutput)] == ["yes", "no"]
    assert found[1].facts["sampling"]["max_tokens"] == 9
    assert [request.images for request in model.asked] == [(), (Path("1"),)]


PIPELINE = """
name: Before and after
models: {vlm: {engine: transformers, source: ./%s, device: cpu}}
steps:
  - id: ask
    uses: rephrase
    model: vlm
    in: {instruction: $inputs.instruction, images: $inputs.images}
    prompt: "{{ instruction }}"
    sampling: {temperature: 1, max_tokens: 4}
  - {id: find, uses: text_search, in: {query: $ask.query, instruction: $inputs.instruction}, with: {corpus: zoo}}
  - id: see
    uses: caption
    model: vlm
    in: {images: $inputs.images}
    prompt: what is this
    sampling: {temperature: 1, max_tokens: 4}
  - id: context
    uses: infocontext
    in: {caption: $see.text, found: $find.docs}
    with: {budget_characters: 300, order: [caption, found]}
  - id: answer
    uses: direct
    model: vlm
    in: {instruction: $context.text, images: $inputs.images}
    prompt: "{{ instruction }}"
    sampling: {temperature: 1, max_tokens: 4}
output: $answer.text
"""


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("models")
    make_image_model(made / "vlm")
    make_text_model(made / "llm")
    write_corpus(made)
    yield made


def test_a_whole_pipeline_takes_no_picture_one_or_two(model_dir: Path, tmp_path: Path) -> None:
    runner: BatchRunner = make_runner(parse_spec(PIPELINE % "vlm"), model_dir=model_dir)
    pictures = [make_picture(tmp_path / f"{name}.png", colour=name) for name in ("red", "blue")]
    tasks = [TaskInput(str(count), "the cats", "en", tuple(pictures[:count])) for count in range(3)]
    outcomes = runner.run(tasks, seed=1)
    assert [outcome.failure for outcome in outcomes] == [None, None, None]
    assert [outcome.trace[2].output["text"] == "" for outcome in outcomes] == [True, False, False]
    assert outcomes[0].trace[3].output["sources"][0]["source"] == "book"
    assert outcomes[2].text == runner.run([tasks[2]], seed=1)[0].text


def test_a_model_that_reads_text_only_is_refused_where_pictures_are_wired(model_dir: Path) -> None:
    with pytest.raises(ModelUnavailable, match="reads text only"):
        make_runner(parse_spec(PIPELINE % "llm"), model_dir=model_dir)


@pytest.mark.parametrize("uses", ["rephrase", "caption", "direct"])
def test_a_missing_variable_is_an_error_when_it_is_saved(uses: str) -> None:
    inputs = "in: {instruction: $inputs.instruction, images: $inputs.images}"
    step = f'{{id: s, uses: {uses}, model: m, {inputs}, prompt: "{{{{ caption }}}}", sampling: {{}}}}'
    models = "models: {m: {engine: transformers, source: ./vlm}}"
    with pytest.raises(SpecError) as error:
        parse_spec(f"name: x\n{models}\nsteps:\n  - {step.replace('{}', '{temperature: 0, max_tokens: 5}')}\noutput: x")
    assert "template_variable" in {problem.code for problem in error.value.problems}


@pytest.mark.parametrize("name", sorted(presets()))
def test_presets_are_sound(name: str) -> None:
    assert parse_spec(presets()[name]).name == name
