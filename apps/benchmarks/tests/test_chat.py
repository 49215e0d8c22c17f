import base64
import io
from collections.abc import Iterator

import httpx2
import openai
import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from apps.accounts.services import make_api_token
from apps.generation.models import AnswerState, Trial
from apps.pipelines.tests.makers import make_revision
from conftest import Cast


@pytest.fixture
def client(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, its requests handed to the site; while the site waits, the trial is answered."""
    make_revision(cast.researcher, name="Mine")

    def answer(_seconds: float) -> None:
        trace = [{"step": "answer", "prompt_tokens": 12, "completion_tokens": 3, "finish_reason": "stop"}]
        Trial.objects.update(state=AnswerState.DONE, text="A red square.", trace=trace)

    monkeypatch.setattr("apps.benchmarks.api.time.sleep", answer)

    def forward(request: httpx2.Request) -> httpx2.Response:
        reply = Client().generic(
            request.method, request.url.path, request.content, "application/json", headers=dict(request.headers)
        )
        return httpx2.Response(reply.status_code, content=reply.content, headers={"Content-Type": "application/json"})

    with httpx2.Client(transport=httpx2.MockTransport(forward)) as http:
        token = make_api_token(actor=cast.researcher, name="tests", now=timezone.now())
        yield openai.OpenAI(api_key=token, base_url="http://testserver/v1", http_client=http, max_retries=0)


def picture() -> str:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


def test_openai_s_client_asks_a_pipeline_about_a_picture(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["Mine"]
    reply = client.chat.completions.create(
        model="Mine",
        messages=[
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": picture()}},
                    {"type": "text", "text": "What is shown?"},
                ],
            },
        ],
    )
    assert reply.choices[0].message.content == "A red square."
    assert reply.usage is not None
    assert reply.usage.total_tokens == 15
    trial = Trial.objects.get()
    assert (trial.instruction, trial.pictures.exists()) == ("Be brief.\n\nWhat is shown?", True)


@pytest.mark.parametrize(
    ("model", "url", "words"),
    [
        ("Other", None, "no pipeline named"),
        ("Mine", "https://example.org/a.png", "data URI"),
        ("Mine", "data:image/png;base64,AAAA", "does not decode"),
    ],
)
def test_what_can_not_be_answered_is_refused_before_anything_is_generated(
    client: openai.OpenAI, model: str, url: str | None, words: str
) -> None:
    part = {"type": "image_url", "image_url": {"url": url}} if url else {"type": "text", "text": "?"}
    content = [part, {"type": "text", "text": "What is shown?"}]
    with pytest.raises(openai.BadRequestError, match=words):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}])  # type: ignore[list-item,misc]
    assert not Trial.objects.exists()


def test_a_request_without_a_token_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError, match="Bearer"):
        client.with_options(api_key="sbs_nobody's").models.list()
