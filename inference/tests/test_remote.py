"""The engine `openai` against a small recording server: what reaches the wire, and what becomes of what comes back."""

import base64
import io
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.contracts import Failure
from inference.declare import Model, Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable
from inference.models import remote
from inference.spec.model import ModelSpec, Sampling
from inference.tests.servers import Answer, Recorder, completion, serving, slow, told

pytestmark = pytest.mark.slow  # servers and waits
SAMPLING = Sampling(temperature=0.7, max_tokens=12, top_p=0.9, repetition_penalty=1.2)
SEED = 2**47 + 5


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    with serving() as recorder:
        monkeypatch.setenv("MODEL_ENDPOINTS", f"local={recorder.url}")
        monkeypatch.setenv("MODEL_ENDPOINT_LOCAL_KEY", "sk-secret")
        monkeypatch.setattr(remote, "PAUSE_SECONDS", 0.02)
        yield recorder


def load(**keys: Any) -> Model:
    spec = ModelSpec.model_validate(
        {"engine": "openai", "endpoint": "local", "source": "org/model", "timeout_seconds": 5, **keys}
    )
    return engines()["openai"].load(spec, Path("unused"))


def request(text: str = "red", *, images: tuple[Path, ...] = ()) -> Request:
    return Request(text, "Be brief.", images, SAMPLING, SEED)


def ask(model: Model, *requests: Request) -> list[Result | Failure]:
    return model.generate(requests or [request()], lambda: False)


def test_every_sampling_field_key_and_message_reaches_the_wire(server: Recorder) -> None:
    (result,) = ask(load(extra_body={"top_k": 0}, revision="as of May"))
    assert isinstance(result, Result)
    assert server.bodies == [
        {
            "model": "org/model",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "red"}],
            "temperature": 0.7,
            "top_p": 0.9,
            "max_tokens": 12,
            "seed": 5,
            "repetition_penalty": 1.2,
            "top_k": 0,
            "stream": False,
        }
    ]
    assert server.headers[0]["authorization"] == "Bearer sk-secret"
    assert (result.text, result.finish_reason, result.prompt_tokens, result.completion_tokens) == ("red", "stop", 11, 3)
    assert {"system_fingerprint": "fp_7", "id": "chatcmpl-1", "served_model": "served/model"}.items() <= dict(
        result.facts
    ).items()


@pytest.mark.parametrize(
    ("owner", "neutral"),
    [
        ("vllm", {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}),
        ("llamacpp", {"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0}),
        ("someone", {}),
    ],
)
def test_a_server_s_own_defaults_are_switched_off_where_it_has_some(
    server: Recorder, owner: str, neutral: dict[str, float]
) -> None:
    server.models = told(200, {"data": [{"id": "org/model", "owned_by": owner, "max_model_len": 4096}]})
    model = load()
    ask(model, Request("red", None, (), Sampling(temperature=0, max_tokens=3), 1))
    sent = {name: value for name, value in server.bodies[0].items() if name in {"top_k", "min_p"} or "penalty" in name}
    assert sent == neutral
    assert model.describe()["server_max_model_len"] == 4096


def test_pictures_are_sent_upright_small_and_without_metadata(server: Recorder, tmp_path: Path) -> None:
    lying = Image.new("RGB", (40, 20), "red")
    exif = lying.getexif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"  # turned by 90°, a description
    lying.save(tmp_path / "lying.jpg", exif=exif)
    Image.new("RGB", (4000, 1000), "blue").save(tmp_path / "large.png")
    Image.new("RGBA", (30, 30), "green").save(tmp_path / "screen.png")
    files = tuple(tmp_path / name for name in ("lying.jpg", "large.png", "screen.png"))
    (result,) = ask(load(), request(images=files))
    *pictures, text = server.bodies[0]["messages"][1]["content"]
    sent = [base64.b64decode(part["image_url"]["url"].partition(",")[2]) for part in pictures]
    opened = [Image.open(io.BytesIO(data)) for data in sent]
    assert [(picture.format, picture.size) for picture in opened] == [
        ("JPEG", (20, 40)),
        ("JPEG", (2048, 512)),
        ("PNG", (30, 30)),
    ]
    assert b"taken at home" not in sent[0]
    assert text == {"type": "text", "text": "red"}
    assert isinstance(result, Result)
    assert [picture["width"] for picture in result.facts["pictures"]] == [20, 2048, 30]


def test_a_broken_picture_fails_alone_and_is_not_sent(server: Recorder, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    good, bad = ask(load(), request(), request(images=(tmp_path / "broken.png",)))
    assert isinstance(good, Result)
    assert isinstance(bad, Failure)
    assert (bad.kind, bad.retryable, len(server.bodies)) == ("input", False, 1)


@pytest.mark.parametrize(
    ("answer", "kind", "retryable", "words", "requests"),
    [
        (told(400, {"error": {"message": "context length is 4096"}}), "input", False, "context length is 4096", 1),
        (told(422, {"detail": "Unexpected fields"}), "input", False, "Unexpected fields", 1),
        (told(500, {"error": "boom, key sk-secret"}), "transient", True, "boom, key …", 4),
        (told(429, {}), "transient", True, "429", 4),
        (told(200, {"error": {"message": "overloaded", "code": 529}}), "transient", True, "overloaded", 4),
        ((200, {}, b"<html>Log in</html>"), "transient", True, "not JSON: <html>", 4),
        ((200, {}, b"[" * 100_000), "transient", True, "not JSON", 4),
        (completion("a", _choices=[]), "transient", True, "choices", 4),
        (completion("a", _usage=None), "transient", True, "usage", 4),
        (completion("half an ans", finish_reason=None), "transient", True, "broke off", 4),
        (completion("half an ans", finish_reason="abort"), "transient", True, "abort", 4),
        (completion("", finish_reason="content_filter"), "model", False, "content filter", 1),
        (completion(None, message={"refusal": "I won't"}), "model", False, "I won't", 1),
        (completion(None, finish_reason="tool_calls"), "model", False, "tool", 1),
        (completion(None, message={"reasoning_content": "hm"}), "model", False, "max_tokens", 1),
        (completion("x" * 5_000_000), "transient", True, "larger than", 4),
        ((200, {"content-encoding": "gzip"}, b"x"), "transient", True, "compressed", 4),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_failure(
    server: Recorder, answer: Answer, kind: str, retryable: bool, words: str, requests: int
) -> None:
    server.answer = lambda number, body: answer
    (found,) = ask(load())
    assert isinstance(found, Failure)
    assert (found.kind, found.retryable) == (kind, retryable), found
    assert words in found.message
    assert len(server.bodies) == requests


@pytest.mark.parametrize(("text", "reason"), [("", "stop"), ("red", "length")])
def test_an_empty_text_and_a_cut_one_are_answers(server: Recorder, text: str, reason: str) -> None:
    server.answer = lambda number, body: completion(text, finish_reason=reason)
    (found,) = ask(load())
    assert isinstance(found, Result)
    assert (found.text, found.finish_reason) == (text, reason)


def test_the_server_s_pause_is_kept_and_the_next_attempt_succeeds(server: Recorder) -> None:
    server.answer = lambda number, body: completion("red") if number else told(429, {}, retry_after="1")
    started = time.monotonic()
    (found,) = ask(load())
    assert isinstance(found, Result)
    assert found.facts["attempts"] == 2
    assert time.monotonic() - started >= 1


def test_a_pause_beyond_the_deadline_is_not_waited_for(server: Recorder) -> None:
    server.answer = lambda number, body: told(503, {}, retry_after="3600") if number else told(500, {})
    (found,) = ask(load(deadline_seconds=5))
    assert isinstance(found, Failure)
    assert (found.kind, len(server.bodies)) == ("transient", 2)


def test_a_server_that_never_answers_ends_at_the_deadline(server: Recorder) -> None:
    server.answer = slow(4, completion("late"))
    started = time.monotonic()
    (found,) = ask(load(timeout_seconds=0.2, deadline_seconds=0.5))
    assert isinstance(found, Failure)
    assert (found.kind, found.retryable) == ("timeout", True)
    assert time.monotonic() - started < 3
    assert len(server.bodies) > 1


def test_a_socket_that_accepts_and_is_silent_is_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.models.servers.CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MODEL_ENDPOINTS", f"local=http://127.0.0.1:{silent.getsockname()[1]}/v1")
        with pytest.raises(ModelUnavailable, match=r"local can't be reached"):
            load()


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (told(401, {}), "MODEL_ENDPOINT_LOCAL_KEY"),
        ((302, {"location": "http://127.0.0.1:1/"}, b""), "redirects"),
        (told(503, {}), "not ready"),
        (told(200, {"data": [{"id": "org/x", "owned_by": "vllm"}]}), "does not serve org/model; it serves: org/x"),
    ],
)  # fmt: skip
def test_a_server_that_cannot_serve_is_found_before_any_task(server: Recorder, models: Answer, words: str) -> None:
    server.models = models
    with pytest.raises(ModelUnavailable, match=words):
        load()


@pytest.mark.parametrize("status", [401, 403, 404, 500, 502, 503, 504, 307])
def test_what_fails_every_request_alike_blames_no_task(server: Recorder, status: int) -> None:
    model = load()
    server.answer = lambda number, body: told(status, {}, location=f"{server.url}/chat/completions")
    with pytest.raises(ModelUnavailable, match=str(status)):
        ask(model, request("a"), request("b"))
    assert all(body["messages"] for body in server.bodies)


def test_a_lone_403_is_the_task_s_once_the_server_has_answered_others(server: Recorder) -> None:
    model = load()
    forbidden = told(403, {"message": "moderated"})
    server.answer = lambda number, body: forbidden
    with pytest.raises(ModelUnavailable, match="403"):
        ask(model)
    server.answer = lambda number, body: forbidden if "bad" in str(body["messages"]) else completion("red")
    good, bad = ask(model, request("good"), request("bad"))
    assert isinstance(good, Result)
    assert isinstance(bad, Failure)
    assert (bad.kind, bad.retryable) == ("model", False)
    assert ask(model, request("bad")) == [bad]


def test_a_server_that_died_blames_no_task(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as other:
        other.models = (404, {"connection": "close"}, b"{}")
        monkeypatch.setenv("MODEL_ENDPOINTS", f"local={other.url}")
        model = load()
    with pytest.raises(ModelUnavailable, match="can't be reached"):
        ask(model, request("a"), request("b"))


def test_a_limit_blames_no_task_unless_it_stands_alone(server: Recorder) -> None:
    model = load()
    server.answer = lambda number, body: told(429, {})
    with pytest.raises(ModelUnavailable):
        ask(model, request("a"), request("b"))
    server.answer = lambda number, body: told(429, {}) if "big" in str(body["messages"]) else completion("red")
    small, big = ask(model, request("a"), request("big"))
    assert isinstance(small, Result)
    assert isinstance(big, Failure)


def test_requests_go_in_parallel_up_to_the_limit_and_keep_their_order(server: Recorder) -> None:
    four = threading.Barrier(4, timeout=10)

    def echo(number: int, body: dict[str, Any]) -> Answer:
        if number < 4:
            four.wait()  # none of them is answered before all four are there
        time.sleep(0.05 if number % 2 else 0.01)
        return completion(body["messages"][1]["content"])

    server.answer = echo
    found = ask(load(concurrency=4), *(request(str(place)) for place in range(12)))
    assert [one.text for one in found if isinstance(one, Result)] == [str(place) for place in range(12)]
    assert server.most_at_once == 4


def test_two_threads_share_one_limit_and_keep_the_server_full(server: Recorder) -> None:
    """A second batch fills the places that the slow answers of the first leave free."""
    slow_one, others = threading.Event(), threading.Barrier(8, timeout=10)

    def answer(number: int, body: dict[str, Any]) -> Answer:
        text = str(body["messages"][1]["content"])
        if text == "slow":
            assert slow_one.wait(10)
        if text == "second" and others.wait() == 0:
            slow_one.set()
        return completion(text)

    server.answer = answer
    model = load(concurrency=9)
    found: list[list[Result | Failure]] = []
    batches = [["slow"] + ["first"] * 12, ["second"] * 8]
    threads = [
        threading.Thread(target=lambda texts=texts: found.append(ask(model, *map(request, texts)))) for texts in batches
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    told_texts = [[one.text for one in batch if isinstance(one, Result)] for batch in found]
    assert sorted(told_texts, key=len) == sorted(batches, key=len)
    assert server.most_at_once <= 9


def test_what_one_picture_does_to_the_encoder_stays_its_own(
    server: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> None:
        raise RuntimeError("out of threads")

    monkeypatch.setattr(remote, "as_data_uri", broken)
    good, bad = ask(load(), request(), request(images=(tmp_path / "a.png",)))
    assert isinstance(good, Result)
    assert isinstance(bad, Failure)
    assert (bad.kind, len(server.bodies)) == ("bug", 1)


def listed(**facts: Any) -> Answer:
    return told(200, {"data": [{"id": "org/model", **facts}]})


def test_a_server_that_comes_back_with_another_model_answers_under_another_record(server: Recorder) -> None:
    server.models = listed(owned_by="llamacpp", meta={"n_params": 7_000_000, "size": 4_000_000})
    model = load()
    before = dict(model.describe())

    def restarted(number: int, body: dict[str, Any]) -> Answer:
        server.models = listed(owned_by="llamacpp", meta={"n_params": 8_000_000, "size": 4_000_000})
        return completion("old") if number else told(503, {})

    server.answer = restarted
    with pytest.raises(ModelUnavailable, match=r"local.*another"):
        ask(model, request("a"), request("b"))
    changed = {name for name, value in model.describe().items() if before.get(name) != value}
    assert changed == {"server_n_params"}
    assert all(isinstance(one, Result) for one in ask(model, request("a")))


def test_who_the_server_is_is_asked_again_from_time_to_time(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    server.models = listed(owned_by="vllm", max_model_len=4096)
    model = load()
    server.models = listed(owned_by="vllm", max_model_len=8192)
    assert isinstance(ask(model)[0], Result)
    monkeypatch.setattr(remote, "FACTS_SECONDS", 0.0)
    with pytest.raises(ModelUnavailable, match="another"):
        ask(model)
    assert len(server.bodies) == 1  # the second time nothing was sent


def test_two_servers_of_one_name_are_two_records(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load().describe()
    monkeypatch.setenv("MODEL_ENDPOINTS", f"local={server.url}/")
    assert load().describe() == first
    monkeypatch.setenv("MODEL_ENDPOINTS", f"local={server.url.replace('127.0.0.1', 'localhost')}")
    assert load().describe() != first


def test_cancelling_closes_what_is_under_way_and_keeps_what_came(server: Recorder) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        time.sleep(0 if body["messages"][1]["content"] == "quick" else 4)
        return completion("x" * 1_000_000)

    server.answer = answer
    started = time.monotonic()
    asked = [request("quick"), request("slow"), request("slow")]
    quick, *others = load().generate(asked, lambda: time.monotonic() - started > 0.5)
    assert time.monotonic() - started < 3
    assert isinstance(quick, Result)
    assert [one.kind for one in others if isinstance(one, Failure)] == ["cancelled", "cancelled"]


def test_the_record_names_the_endpoint_and_neither_address_nor_key(server: Recorder) -> None:
    record = dict(load(revision="0c35").describe())
    assert len(record.pop("endpoint_sha256")) == 12
    assert record == {"engine": "openai", "endpoint": "local", "source": "org/model", "revision": "0c35"}
