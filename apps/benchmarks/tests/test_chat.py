import base64
import io
import itertools
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from apps.accounts.services import make_api_token
from apps.generation.models import AnswerState, Trial
from apps.generation.services import try_instruction
from apps.pipelines.models import PipelineRevision
from apps.pipelines.tests.makers import make_revision
from conftest import Cast

TRACE = [{"step": "answer", "prompt_tokens": 12, "completion_tokens": 3, "finish_reason": "stop"}]


@pytest.fixture
def revision(cast: Cast) -> PipelineRevision:
    return make_revision(cast.researcher, name="Mine")


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How a trial ends while the site waits for it."""
    ends: dict[str, Any] = {"state": AnswerState.DONE, "text": "A red square.", "trace": TRACE}
    monkeypatch.setattr("apps.benchmarks.api.time.sleep", lambda _seconds: Trial.objects.update(**ends))
    return ends


@pytest.fixture
def client(cast: Cast, revision: PipelineRevision, ends: dict[str, Any]) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, its requests handed to the site."""

    def forward(request: httpx2.Request) -> httpx2.Response:
        reply = Client().generic(
            request.method, request.url.path, request.content, "application/json", headers=dict(request.headers)
        )
        content = b"".join(reply) if reply.streaming else reply.content
        return httpx2.Response(reply.status_code, content=content, headers=dict(reply.headers))

    with httpx2.Client(transport=httpx2.MockTransport(forward)) as http:
        token = make_api_token(actor=cast.researcher, name="tests", now=timezone.now())
        yield openai.OpenAI(api_key=token, base_url="http://testserver/v1", http_client=http, max_retries=0)


def picture(colour: str = "red", side_px: int = 8) -> dict[str, Any]:
    stream = io.BytesIO()
    Image.new("RGB", (side_px, side_px), colour).save(stream, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
    return {"type": "image_url", "image_url": {"url": url, "detail": "low"}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def user(*parts: dict[str, Any]) -> list[Any]:
    return [{"role": "user", "content": list(parts)}]


def test_a_pipeline_is_asked_about_pictures_as_harnesses_ask(client: openai.OpenAI) -> None:
    """With what lmms-eval and VLMEvalKit send beside: sampling parameters, n, detail, interleaved parts."""
    reply = client.chat.completions.create(
        model="Mine",
        n=1,
        temperature=0,
        max_tokens=1024,
        response_format={"type": "text"},
        metadata={"language": "ru"},
        messages=[
            {"role": "system", "content": "Be brief."},
            *user(picture("red"), text("Compare"), picture("blue"), text("with this.")),
        ],
    )
    assert reply.usage is not None
    said, ended = reply.choices[0].message.content, reply.choices[0].finish_reason
    assert (said, ended, reply.usage.total_tokens) == ("A red square.", "stop", 15)
    trial = Trial.objects.get()
    assert (trial.instruction, trial.language) == ("Be brief.\n\nCompare\nwith this.", "ru")
    first, second = trial.places.all()
    assert first.image.sha256 != second.image.sha256


GREEDY: dict[str, Any] = {"temperature": 0, "n": 1, "seed": 3}
NULLS = ("stream", "stop", "seed", "user", "tools", "audio", "logprobs", "top_p", "metadata", "response_format")
AS_SENT: dict[str, dict[str, Any]] = {
    "inspect-ai 0.3.285": GREEDY | {"max_tokens": 16, "top_p": 0.9, "stop": ["END"], "num_choices": 1},
    "inspect-ai's streams": {"stream": True, "stream_options": {"include_usage": True}},
    "lmms-eval 0.7.3": GREEDY | {"max_tokens": 16, "presence_penalty": 0, "frequency_penalty": 0},
    "lmms-eval, names with o1 in them": {"max_completion_tokens": 16, "reasoning_effort": "medium"},
    "VLMEvalKit (ms-vlmeval 0.0.20)": {"temperature": 0.3, "max_tokens": 2048},
    "fields that are null": dict.fromkeys(NULLS),
    "a language that is null": {"metadata": {"language": None}},
    "nothing in effect": {"tools": [], "tool_choice": "none", "logprobs": False, "top_logprobs": 0, "n": None},
}


@pytest.mark.parametrize("harness", AS_SENT)
def test_what_harnesses_send_is_answered(
    cast: Cast, revision: PipelineRevision, ends: dict[str, Any], harness: str
) -> None:
    """Bodies as they came from the tools when they drove a pipeline: pictures before and after the text, `detail`."""
    said = {"role": "system", "content": [text("Be brief.")]}
    messages = [said, *user(text("What?"), picture(), text(""))]
    asked: dict[str, Any] = {"model": "Mine", "messages": messages} | AS_SENT[harness]
    headers = {"Authorization": f"Bearer {make_api_token(actor=cast.researcher, name='raw', now=timezone.now())}"}
    reply = Client().post("/v1/chat/completions", asked, content_type="application/json", headers=headers)
    content = b"".join(reply) if reply.streaming else reply.content
    assert (reply.status_code, b"A red square." in content) == (200, True)
    assert (Trial.objects.get().instruction, Trial.objects.get().language) == ("Be brief.\n\nWhat?", "en")


def test_a_streamed_answer_comes_whole_with_its_usage(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="Mine", messages=user(text("What?")), stream=True, stream_options={"include_usage": True}
    )
    *chunks, last = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "A red square."
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, "stop"]
    assert last.usage is not None
    assert (last.choices, last.usage.completion_tokens) == ([], 3)


def test_what_a_pipeline_failed_at_is_told_and_not_asked_again(client: openai.OpenAI, ends: dict[str, Any]) -> None:
    ends |= {"state": AnswerState.FAILED, "text": None, "error": "out of memory", "error_kind": "out_of_memory"}
    patient = client.with_options(max_retries=2)
    with pytest.raises(openai.InternalServerError, match="out of memory"):
        patient.chat.completions.create(model="Mine", messages=user(text("What?")))
    assert Trial.objects.count() == 1
    with pytest.raises(openai.APIError, match="out of memory"):
        list(client.chat.completions.create(model="Mine", messages=user(text("What?")), stream=True))


def test_a_trial_that_nobody_answers_is_given_up(client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.benchmarks.api.time.sleep", lambda _seconds: None)
    clock = itertools.count(0, 100)
    monkeypatch.setattr("apps.benchmarks.api.time.monotonic", lambda: next(clock))
    with pytest.raises(openai.InternalServerError, match="No worker answered"):
        client.chat.completions.create(model="Mine", messages=user(text("What?")))
    assert Trial.objects.get().state == AnswerState.CANCELLED


@pytest.mark.parametrize(
    ("parts", "more", "words"),
    [
        ([{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}], {}, "data URI"),
        ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}], {}, "picture 1"),
        ([{"type": "input_audio", "input_audio": {}}], {}, "`text` and `image_url`"),
        ([], {"n": 2}, "One answer"),
        ([], {"logprobs": True}, "`logprobs`"),
        ([], {"response_format": {"type": "json_object"}}, "plain text"),
        ([], {"metadata": {"language": "klingon"}}, "metadata.language"),
        ([], {"messages": [{"role": "assistant", "content": "Hello"}]}, "system and user"),
        ([], {"messages": [{"role": "user", "content": None}]}, "list of parts"),
        ([], {"messages": [{"role": "user", "content": " "}]}, "no text"),
        ([], {"messages": [{"role": ["user"], "content": "x"}]}, "system and user"),
        ([], {"messages": [{"role": "user", "content": "a\0b"}]}, "NUL"),
        ([], {"messages": [{"role": "user", "content": "a" * 20_001}]}, "20000 characters"),
        ([], {"model": "a\0b"}, "`model` holds a NUL"),
        ([], {"n": [1]}, "One answer"),
        ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,é"}}], {}, "data URI"),
        ([{"type": "image_url", "image_url": {"url": "data:image/svg+xml;base64,PHN2Zy8+"}}], {}, "picture 1"),
    ],
)
def test_what_can_not_be_answered_is_refused_before_anything_is_generated(
    client: openai.OpenAI, parts: list[dict[str, Any]], more: dict[str, Any], words: str
) -> None:
    asked = {"model": "Mine", "messages": user(*parts, text("What is shown?"))} | more
    with pytest.raises(openai.BadRequestError, match=words):
        client.chat.completions.create(**asked)
    assert not Trial.objects.exists()


def test_half_of_a_character_is_refused(cast: Cast, revision: PipelineRevision) -> None:
    """The official client can't send one; others can."""
    headers = {"Authorization": f"Bearer {make_api_token(actor=cast.researcher, name='raw', now=timezone.now())}"}
    asked = {"model": "Mine", "messages": [{"role": "user", "content": "\ud800"}]}
    reply = Client().post("/v1/chat/completions", asked, content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "messages")
    assert Client().get("/v1/models/%00", headers=headers).json()["error"]["param"] == "model"


def test_models_are_pipelines(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["Mine"]
    assert client.models.retrieve("Mine").object == "model"
    with pytest.raises(openai.NotFoundError, match="no pipeline named") as refused:
        client.chat.completions.create(model="Other", messages=user(text("What?")))
    assert refused.value.code == "model_not_found"


def test_a_large_picture_is_no_large_form(client: openai.OpenAI) -> None:
    noise = base64.b64encode(bytes(5 * 2**20)).decode()
    huge = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{noise}"}}
    with pytest.raises(openai.BadRequestError, match="picture 1"):
        client.chat.completions.create(model="Mine", messages=user(huge, text("What?")))


def test_no_more_than_the_web_can_hold_wait_at_once(
    client: openai.OpenAI, cast: Cast, revision: PipelineRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.benchmarks.api.MOST_OPEN", 1)
    try_instruction(actor=cast.admin, revisions=[revision], instruction="?", language="en")
    with pytest.raises(openai.RateLimitError) as refused:
        client.chat.completions.create(model="Mine", messages=user(text("What?")))
    assert refused.value.response.headers["Retry-After"] == "3"


def test_errors_of_addresses_and_tokens_are_openai_s_too(client: openai.OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError, match="Bearer"):
        client.with_options(api_key="sk-sbs-nobody").models.list()
    with pytest.raises(openai.NotFoundError, match="no such address"):
        client.embeddings.create(model="Mine", input="x")
    with pytest.raises(openai.APIStatusError, match="POST only"):
        client.get("/chat/completions", cast_to=object)
