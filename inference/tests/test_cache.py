"""A model with a memory is asked once for the same thing; a process keeps the models that two pipelines share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from inference import engines as engine_registry
from inference.cache import CachedModel, key_of
from inference.contracts import Failure, TaskInput
from inference.declare import Cancelled, Engine, Request, Result
from inference.residents import load_models
from inference.runner import make_runner
from inference.spec import parse_spec
from inference.spec.model import ModelSpec, Sampling

pytestmark = pytest.mark.slow  # loads models
ASK = Request("What?", None, (), Sampling(temperature=1.0, max_tokens=5), seed=1)


@dataclass
class CountingModel:
    asked: list[Request] = field(default_factory=list)
    reads_images: bool = True

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        self.asked += requests
        return [self.answer(request) for request in requests]

    def answer(self, request: Request) -> Result | Failure:
        if request.user == "Fail":
            return Failure("model", "it failed", retryable=False)
        return Result(f"{request.user} {request.seed}", "stop", request.user, 3, 2, 900, 4, facts={"server": "x"})

    def count_tokens(self, text: str) -> int:
        return len(text)

    def describe(self) -> Mapping[str, Any]:
        return {"source": "counting"}


@dataclass
class Kept:
    """A store that keeps JSON text, as a database does."""

    rows: dict[str, str] = field(default_factory=dict)

    def get(self, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        return {key: json.loads(self.rows[key]) for key in keys if key in self.rows}

    def put(self, results: Mapping[str, Mapping[str, Any]]) -> None:
        for key, result in results.items():
            self.rows.setdefault(key, json.dumps(result))


def generate(model: CachedModel, *requests: Request) -> list[Result | Failure]:
    return model.generate(requests, lambda: False)


def test_the_second_time_costs_no_generation_and_says_so() -> None:
    model, store = CountingModel(), Kept()
    [first] = generate(CachedModel(model, store), ASK)
    [second] = generate(CachedModel(model, store), ASK)
    assert len(model.asked) == 1
    assert isinstance(first, Result)
    assert isinstance(second, Result)
    assert (first.cached, second.cached) == (False, True)
    assert second.latency_ms < 100
    assert second == replace(first, cached=True, latency_ms=second.latency_ms)


def test_equal_questions_of_one_batch_are_asked_once_and_keep_their_places() -> None:
    model = CountingModel()
    cold = replace(ASK, sampling=Sampling(temperature=0, max_tokens=5))
    answers = generate(CachedModel(model, Kept()), cold, replace(cold, user="Why?"), replace(cold, seed=2))
    assert [request.user for request in model.asked] == ["What?", "Why?"]
    assert [(answer.text, answer.cached) for answer in answers if isinstance(answer, Result)] == [
        ("What? 1", False),
        ("Why? 1", False),
        ("What? 1", True),
    ]


def test_failures_are_never_kept() -> None:
    model, store = CountingModel(), Kept()
    for _ in range(2):
        answers = generate(CachedModel(model, store), replace(ASK, user="Fail"), ASK)
        assert isinstance(answers[0], Failure)
    assert [request.user for request in model.asked] == ["Fail", "What?", "Fail"]
    assert len(store.rows) == 1


def test_a_long_call_is_kept_batch_by_batch_and_alike_requests_go_together() -> None:
    model, store = CountingModel(), Kept()
    sizes: list[tuple[int, set[int]]] = []
    say = model.generate

    def lost_at_the_third(requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        sizes.append((len(requests), {len(request.images) for request in requests}))
        if len(sizes) == 3:
            raise KeyboardInterrupt
        return say(requests, cancelled)

    model.generate = lost_at_the_third  # type: ignore[method-assign]
    asked = [replace(ASK, seed=seed, images=(Path("a.png"),) * (seed % 2)) for seed in range(7)]
    with pytest.raises(KeyboardInterrupt):
        CachedModel(model, store, batch_size=3).generate(asked, lambda: False)
    assert sizes == [(3, {0}), (3, {0, 1}), (1, {1})]
    assert len(store.rows) == 6
    model.generate = say  # type: ignore[method-assign]
    answers = CachedModel(model, store, batch_size=3).generate(asked, lambda: False)
    assert [answer.text for answer in answers if isinstance(answer, Result)] == [f"What? {n}" for n in range(7)]
    assert len(model.asked) == 7


def test_whatever_decides_the_text_is_in_the_key(tmp_path: Path) -> None:
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    same = tmp_path / "same.png"
    same.write_bytes(b"1")
    cold = Sampling(temperature=0, max_tokens=5)
    asked = [
        ASK,
        replace(ASK, user="Why?"),
        replace(ASK, system="Be brief."),
        replace(ASK, seed=2),
        replace(ASK, sampling=Sampling(temperature=1.0, max_tokens=6)),
        replace(ASK, sampling=cold),
        replace(ASK, images=(one,)),
        replace(ASK, images=(other,)),
        replace(ASK, images=(one, other)),
        replace(ASK, images=(tmp_path / "none.png",)),
    ]
    keys = {key_of({"source": "a"}, request) for request in asked}
    assert len(keys) == len(asked)
    assert key_of({"source": "b"}, ASK) not in keys
    assert key_of({"source": "a"}, replace(ASK, images=(same,))) in keys
    assert key_of({"source": "a"}, replace(ASK, sampling=cold, seed=9)) in keys


def test_a_kept_result_of_another_shape_is_asked_anew() -> None:
    model, store = CountingModel(), Kept()
    store.put({key_of(model.describe(), ASK): {"words": "old"}})
    [answer] = generate(CachedModel(model, store), ASK)
    assert isinstance(answer, Result)
    assert answer.text == "What? 1"


PIPELINE = """
name: P
models: {llm: {engine: counting, source: ./a}}
steps: [{id: say, uses: generate, model: llm, in: {q: $inputs.instruction}, prompt: "{{ q }}",
  sampling: {temperature: 1, max_tokens: 5}}]
output: $say.text
"""


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were loaded, by an engine of the test."""
    loaded: list[str] = []

    def load(spec: ModelSpec, model_dir: Path) -> CountingModel:
        loaded.append(spec.source)
        return CountingModel()

    known = {**engine_registry.engines(), "counting": Engine(name="counting", load=load)}
    for module in ("inference.residents", "inference.spec.checks", "inference.spec.parse"):
        monkeypatch.setattr(f"{module}.engines", lambda: known, raising=False)
    return loaded


def test_a_hit_stands_in_the_trace_with_the_parameters(loads: list[str], tmp_path: Path) -> None:
    store, task = Kept(), TaskInput("t", "What?", "en")
    for cached in (None, True):
        runner = make_runner(parse_spec(PIPELINE), model_dir=tmp_path, store=store)
        [outcome] = runner.run([task], seed=1)
        [step] = outcome.trace
        assert step.cached is cached
        assert step.sampling is not None
        assert step.sampling["max_tokens"] == 5
    assert outcome.text == f"What? {step.seed}"


def test_going_to_and_fro_between_pipelines_with_one_model_loads_it_once(loads: list[str], tmp_path: Path) -> None:
    shared, own = ModelSpec(engine="counting", source="./a"), ModelSpec(engine="counting", source="./b")
    for _ in range(2):
        first = load_models({"llm": shared}, tmp_path)
        second = load_models({"writer": shared, "eyes": own}, tmp_path)
        assert second["writer"] is first["llm"]
    assert loads == ["./a", "./b", "./b"]


def test_a_replaced_folder_of_a_model_or_its_lora_is_loaded_anew(loads: list[str], tmp_path: Path) -> None:
    spec = ModelSpec(engine="counting", source="./a", lora="./low-rank")
    for name in ("a", "low-rank"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights").write_text("1")
    first = load_models({"llm": spec}, tmp_path)["llm"]
    assert load_models({"llm": spec}, tmp_path)["llm"] is first
    for count, name in enumerate(("a", "low-rank"), start=2):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "weights").write_text("2")  # of one size, and perhaps within the clock's resolution
        (tmp_path / name).rename(tmp_path / f"old-{name}")
        (tmp_path / "new").rename(tmp_path / name)
        assert load_models({"llm": spec}, tmp_path)["llm"] is not first
        load_models({"llm": spec}, tmp_path)
        assert loads == ["./a"] * count
