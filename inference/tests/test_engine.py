"""Generation with small models of the real classes."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.contracts import Failure
from inference.declare import Model, Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable
from inference.spec.model import ModelSpec, Sampling
from inference.tests.makers import make_image_model, make_picture, make_text_model

pytestmark = pytest.mark.model
PROMPTS = ["red", "what is this picture of", "one two three four five", "the cat and a dog", "a long text here", "blue"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("models")
    make_text_model(made / "text")
    make_image_model(made / "image")
    held = [load(made, "text"), load(made, "image")]  # so that the weights stay loaded from test to test
    yield made
    del held


def load(folder: Path, name: str = "text", batch_size: int = 4) -> Model:
    spec = ModelSpec(engine="transformers", source=f"./{name}", device="cpu", batch_size=batch_size)
    return engines()["transformers"].load(spec, folder)


def request(text: str, seed: int = 1, *, temperature: float = 0.0, images: tuple[Path, ...] = ()) -> Request:
    sampling = Sampling(temperature=temperature, max_tokens=12, top_p=0.9, repetition_penalty=1.2)
    return Request(text, None, images, sampling, seed)


def texts(model: Model, requests: list[Request]) -> list[str]:
    found = model.generate(requests, lambda: False)
    assert all(isinstance(result, Result) for result in found), found
    return [result.text for result in found if isinstance(result, Result)]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_answers_do_not_depend_on_the_batch(folder: Path, temperature: float) -> None:
    requests = [request(text, seed, temperature=temperature) for seed, text in enumerate(PROMPTS)]
    alone = [texts(load(folder, batch_size=1), [one])[0] for one in requests]
    assert texts(load(folder, batch_size=4), requests) == alone
    assert texts(load(folder, batch_size=6), requests[::-1]) == alone[::-1]


def test_a_seed_belongs_to_its_row(folder: Path) -> None:
    model = load(folder)
    first, second, again = texts(model, [request("red", seed, temperature=2.0) for seed in (1, 2, 1)])
    assert first == again != second


def test_temperature_zero_ignores_the_seed(folder: Path) -> None:
    first, second = texts(load(folder), [request("red", 1), request("red", 2)])
    assert first == second


def test_counts_and_reason_are_told(folder: Path) -> None:
    (result,) = load(folder).generate([request("red green", 1)], lambda: False)
    assert isinstance(result, Result)
    assert result.prompt_tokens == load(folder).count_tokens(result.prompt)
    assert (result.finish_reason == "length") == (result.completion_tokens == 12)
    assert result.batch_size == 1


def test_a_prompt_without_room_fails_alone(folder: Path) -> None:
    short, long = load(folder).generate([request("red"), request("red " * 200)], lambda: False)
    assert isinstance(short, Result)
    assert isinstance(long, Failure)
    assert (long.kind, long.retryable) == ("input", False)
    assert "128" in long.message


def test_cancelling_stops_what_is_left(folder: Path) -> None:
    answers = iter([False, True])
    results = load(folder, batch_size=1).generate([request("red"), request("blue")], lambda: next(answers, True))
    assert [result.kind for result in results if isinstance(result, Failure)] == ["cancelled", "cancelled"]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_batch_without_memory_is_halved(folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    model: Any = load(folder)
    really, sizes = model.weights.model.generate, []

    def cramped(**inputs: Any) -> Any:
        sizes.append(len(inputs["input_ids"]))
        if sizes[-1] > 1:
            raise error
        return really(**inputs)

    monkeypatch.setattr(model.weights.model, "generate", cramped)
    assert len(texts(model, [request(text) for text in PROMPTS[:4]])) == 4
    assert (sizes, model.batch_size) == ([4, 2, 1, 1, 2, 1, 1], 1)


def test_what_breaks_the_model_breaks_one_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model: Any = load(folder)
    really = model.weights.model.generate

    def picky(**inputs: Any) -> Any:
        if inputs["attention_mask"].sum(dim=1).max() > 20:
            raise ValueError("too much for me")
        return really(**inputs)

    monkeypatch.setattr(model.weights.model, "generate", picky)
    first, broken, last = model.generate([request("red"), request("blue " * 30), request("one")], lambda: False)
    assert isinstance(first, Result)
    assert isinstance(last, Result)
    assert isinstance(broken, Failure)
    assert broken.kind == "model"
    assert "too much for me" in broken.message


@pytest.mark.parametrize("name", ["AcceleratorError", "SoftTimeLimitExceeded"])
def test_what_is_the_process_s_own_affair_ends_the_batch(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    model: Any = load(folder)
    fault, sizes = type("Special", (type(name, (Exception,), {}),), {}), []

    def stopped(**inputs: Any) -> Any:
        sizes.append(len(inputs["input_ids"]))
        raise fault

    monkeypatch.setattr(model.weights.model, "generate", stopped)
    with pytest.raises(fault):
        model.generate([request(text) for text in PROMPTS[:4]], lambda: False)
    assert sizes == [4]


def test_pictures_reach_the_model(folder: Path, tmp_path: Path) -> None:
    model = load(folder, "image")
    red, blue = (make_picture(tmp_path / f"{name}.png", colour=name) for name in ("red", "blue"))
    asked = [
        request("what is this", 5, temperature=2.0, images=images) for images in ((red,), (blue,), (red, blue), ())
    ]
    together = model.generate(asked, lambda: False)
    sizes = [result.prompt_tokens for result in together if isinstance(result, Result)]
    assert [size - sizes[3] for size in sizes] == [4, 4, 8, 0]
    assert [one.text for one in together if isinstance(one, Result)] == [texts(model, [one])[0] for one in asked]


def test_a_broken_picture_fails_alone(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG nothing")
    good, bad = load(folder, "image").generate(
        [request("red", images=(make_picture(tmp_path / "a.png"),)), request("red", images=(broken,))], lambda: False
    )
    assert isinstance(good, Result)
    assert isinstance(bad, Failure)
    assert bad.kind == "input"
    assert "broken.png" in bad.message


def test_pictures_are_opened_batch_by_batch_and_made_small(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Any = load(folder, "image", batch_size=2)
    processor, generate = model.weights.processor, model.weights.model.generate
    seen: list[Any] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(processor, name)

        def __call__(self, **given: Any) -> Any:
            seen.append([picture.size for pictures in given["images"] for picture in pictures])
            return processor(**given)

    def watched(**inputs: Any) -> Any:
        seen.append("answer")
        (tmp_path / "last.png").write_bytes(b"gone")  # the last batch's picture is not open yet
        return generate(**inputs)

    monkeypatch.setattr(model.weights, "processor", Watched())
    monkeypatch.setattr(model.weights.model, "generate", watched)
    wide = tmp_path / "wide.png"
    Image.new("RGB", (4000, 100), "red").save(wide)
    last = make_picture(tmp_path / "last.png")
    asked = [request("what is this " * 2, images=(wide,)) for _ in range(2)] + [request("red", images=(last,))]
    *good, bad = model.generate(asked, lambda: False)
    assert seen == [[(2048, 51), (2048, 51)], "answer"]
    assert all(isinstance(one, Result) for one in good)
    assert isinstance(bad, Failure)
    assert (bad.kind, bad.retryable) == ("input", False)


def test_the_record_tells_what_ran(folder: Path) -> None:
    record = load(folder).describe()
    assert record["class"] == "LlamaForCausalLM"
    assert record["dtype"] == "float32"
    assert len(record["files"]["model.safetensors"]) == 64


def test_what_changes_the_answer_changes_the_record(folder: Path, tmp_path: Path) -> None:
    """Results are kept by the record: an edited config with the same weights is another model."""
    copy = shutil.copytree(folder / "text", tmp_path / "text")
    record = load(folder).describe()
    assert load(tmp_path).describe() == record
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "rms_norm_eps": 0.1}))
    (tmp_path / "edited").mkdir()
    copy.rename(tmp_path / "edited" / "text")
    edited = load(tmp_path / "edited").describe()
    assert {name for name in record if record[name] != edited[name]} == {"config_sha256"}
    narrow = ModelSpec(engine="transformers", source="./text", device="cpu", context_tokens=64)
    assert engines()["transformers"].load(narrow, folder).describe()["context_tokens"] == 64 != record["context_tokens"]


@pytest.mark.parametrize(
    ("source", "device", "revision"),
    [("./nothing", "cpu", None), ("./text", "cuda:99", None), ("org/model-that-is-not-there", "cpu", "0" * 40)],
)
def test_a_model_that_cannot_be_had_says_what_to_do(
    folder: Path, source: str, device: str, revision: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    spec = ModelSpec(engine="transformers", source=source, device=device, revision=revision)
    with pytest.raises(ModelUnavailable, match=r"folder|device|hub"):
        engines()["transformers"].load(spec, folder)
