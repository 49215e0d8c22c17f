"""The engine `openai` against `transformers serve`: a real OpenAI-compatible server with a small model and pictures."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.contracts import Failure
from inference.declare import Model, Request, Result
from inference.engines import engines
from inference.spec.model import ModelSpec, Sampling
from inference.tests.vision_makers import make_llava, make_noise

pytestmark = pytest.mark.model
UP_SECONDS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_llava(tmp_path_factory.mktemp("served") / "llava")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    command = [str(program), "serve", str(folder), "--device", "cpu", "--dtype", "float32"]
    log = folder.parent / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
    try:
        wait_until_up(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_until_up(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + UP_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"transformers serve did not come up:\n{log.read_text()[-2000:]}")


def load(engine: str, folder: Path, **keys: object) -> Model:
    return engines()[engine].load(ModelSpec.model_validate({"engine": engine, "source": str(folder), **keys}), folder)


def test_a_real_server_answers_as_the_local_engine_does(
    url: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_ENDPOINTS", f"served={url}")
    one, two = (make_noise(tmp_path / f"{seed}.png", seed) for seed in (1, 2))
    greedy = Sampling(temperature=0, max_tokens=8)
    asked = [Request("what is this", "one two", images, greedy, 1) for images in ((one,), (two,), (two, one), ())]
    remote = load("openai", folder, endpoint="served", concurrency=2).generate(asked, lambda: False)
    local = load("transformers", folder, device="cpu").generate(asked, lambda: False)
    assert [seen(result) for result in remote] == [seen(result) for result in local]
    assert len({seen(remote[place])[0] for place in (0, 1, 3)}) == 3  # one picture, the other, none


def seen(result: Result | Failure) -> tuple[str, str, int]:
    assert isinstance(result, Result), result
    return result.text, result.finish_reason, result.prompt_tokens


def test_what_the_server_does_not_know_is_refused_rather_than_dropped(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_ENDPOINTS", f"served={url}")
    model = load("openai", folder, endpoint="served", extra_body={"top_k": 5})
    (found,) = model.generate([Request("red", None, (), Sampling(temperature=0, max_tokens=8), 1)], lambda: False)
    assert isinstance(found, Failure)
    assert (found.kind, found.retryable) == ("input", False)
    assert "top_k" in found.message


def test_the_repetition_penalty_reaches_the_server_under_its_name_for_it(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_ENDPOINTS", f"served={url}")
    model = load("openai", folder, endpoint="served")
    assert model.describe()["server_software"] == "transformers"
    asked = [
        Request("red", None, (), Sampling(temperature=0, max_tokens=8, repetition_penalty=penalty), 1)
        for penalty in (1.0, 3.0)
    ]
    plain, penalised = (seen(one)[0] for one in model.generate(asked, lambda: False))
    assert plain != penalised
