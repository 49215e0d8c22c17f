"""Loading, chat templates and pictures of the classes that people run, through the engine, without torchvision."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.declare import Model, Request, Result
from inference.engines import engines
from inference.spec.model import ModelSpec, Sampling
from inference.tests.vision_makers import MAKERS, make_noise

pytestmark = pytest.mark.model
CLASSES = {
    "llava": "LlavaForConditionalGeneration",
    "qwen2_vl": "Qwen2VLForConditionalGeneration",
    "smolvlm": "SmolVLMForConditionalGeneration",
    "mllama": "MllamaForConditionalGeneration",
}
IMAGE_TOKENS = {"llava": (16, 16), "qwen2_vl": (66, 62), "smolvlm": (31, 19), "mllama": (1, 1)}  # a square, a strip


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A square and a strip."""
    folder = tmp_path_factory.mktemp("pictures")
    return make_noise(folder / "square.png", 1), make_noise(folder / "strip.png", 2, width=96, height=40)


@pytest.fixture(scope="session", params=list(MAKERS))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = MAKERS[str(request.param)](tmp_path_factory.mktemp("models") / str(request.param))
    held = load(folder, 1)  # so that the weights stay loaded from test to test
    yield folder
    del held


def load(folder: Path, batch_size: int) -> Model:
    spec = ModelSpec(engine="transformers", source=str(folder), device="cpu", batch_size=batch_size)
    return engines()["transformers"].load(spec, folder.parent)


def ask(text: str, *images: Path, temperature: float = 0.0, seed: int = 1, system: str | None = None) -> Request:
    return Request(text, system, images, Sampling(temperature=temperature, max_tokens=6), seed)


def answers(model: Model, requests: list[Request]) -> list[Result]:
    found = model.generate(requests, lambda: False)
    assert all(isinstance(result, Result) for result in found), found
    return [result for result in found if isinstance(result, Result)]


def test_a_batch_of_pictures_of_any_size_answers_as_each_alone(made: Path, pictures: tuple[Path, Path]) -> None:
    square, strip = pictures
    requests = [
        ask("what is this", square),
        ask("what is this picture of the", strip, system="red"),
        ask("what is this a red", square, strip, temperature=1.0, seed=2),
        ask("what", strip, square, temperature=1.0, seed=3),
        ask("what is this"),
        ask("one two three"),
    ]
    together = answers(load(made, 4), requests)
    assert [result.batch_size for result in together] == [2] * 6
    one_by_one = answers(load(made, 1), requests)
    assert [result.batch_size for result in one_by_one] == [1] * 6
    assert [result.text for result in together] == [result.text for result in one_by_one]


def test_each_picture_counts_and_changes_the_answer(made: Path, pictures: tuple[Path, Path]) -> None:
    square, strip = pictures
    asked = [ask("what is this", *images) for images in ((square,), (strip,), ())]
    first, second, neither = answers(load(made, 4), asked)
    sizes = (first.prompt_tokens - neither.prompt_tokens, second.prompt_tokens - neither.prompt_tokens)
    assert sizes == IMAGE_TOKENS[made.name]
    assert len({first.text, second.text, neither.text}) == 3


def test_the_record_names_the_processors_and_their_hashes(made: Path) -> None:
    record = load(made, 1).describe()
    assert record["class"] == CLASSES[made.name]
    assert record["image_processor"].endswith("Pil")
    hashes = [record[f"{part}_sha256"] for part in ("tokenizer", "chat_template", "image_processor")]
    assert len({*hashes, *record["files"].values()}) == 4
