"""An OpenAI chat request as a task: its texts are the instruction, its pictures data URIs."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from apps.buckets.domain.languages import normal_tag
from apps.buckets.domain.limits import MAX_INSTRUCTION_CHARS

MOST_PICTURES = 16
_ROLES = ("system", "developer", "user")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # PostgreSQL keeps no NUL, UTF-8 has no half of a character
_DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)
_REFUSED = {
    "tools": "Pipelines call no tools; leave `tools` out.",
    "functions": "Pipelines call no functions; leave `functions` out.",
    "logprobs": "Pipelines give texts without probabilities; leave `logprobs` out.",
    "audio": "Pipelines do not speak; leave `audio` out.",
}


class BadRequest(Exception):
    """What is wrong with the request, and the parameter it is in."""

    def __init__(self, message: str, param: str, *, code: str = "invalid_request", status: int = 400) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


@dataclass(frozen=True)
class Asked:
    """`tells_usage`: whether a streamed answer ends with a count of tokens, as `stream_options` asks."""

    model: str
    instruction: str
    pictures: tuple[bytes, ...]
    language: str
    streams: bool
    tells_usage: bool


def read_request(body: Any) -> Asked:
    """Raises BadRequest. Sampling parameters are ignored: a pipeline's definition has its own."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise BadRequest("Name a pipeline as `model`.", "model")
    _refuse_what_pipelines_lack(body)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequest("Give at least one message.", "messages")
    pictures: list[bytes] = []
    texts = [_read_message(message, pictures) for message in messages]
    if len(pictures) > MOST_PICTURES:
        raise BadRequest(f"At most {MOST_PICTURES} pictures can be asked about at once.", "messages")
    instruction = "\n\n".join(text for text in texts if text)
    if not instruction:
        raise BadRequest("There is no text in the messages.", "messages")
    if len(instruction) > MAX_INSTRUCTION_CHARS:
        message = f"The texts are longer than {MAX_INSTRUCTION_CHARS} characters together. Shorten them."
        raise BadRequest(message, "messages", code="context_length_exceeded")
    return Asked(
        model=writable(body["model"], "model"),
        instruction=instruction,
        pictures=tuple(pictures),
        language=_language(body.get("metadata")),
        streams=body.get("stream") is True,
        tells_usage=_within(body, "stream_options").get("include_usage") is True,
    )


def writable(text: str, param: str) -> str:
    """Raises BadRequest for what can't be stored."""
    if _NO_TEXT.search(text):
        message = f"`{param}` holds a NUL or half of a character (a lone surrogate). Write the text anew, in UTF-8."
        raise BadRequest(message, param)
    return text


def _refuse_what_pipelines_lack(body: dict[str, Any]) -> None:
    for name, message in _REFUSED.items():
        if body.get(name):
            raise BadRequest(message, name)
    if body.get("n") not in (None, 1):
        raise BadRequest("One answer is given to each request; leave `n` out, or ask again.", "n")
    if _within(body, "response_format").get("type", "text") != "text":
        raise BadRequest("Pipelines answer in plain text; leave `response_format` out.", "response_format")


def _within(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _language(metadata: Any) -> str:
    """What `metadata` names as `language`, else English, as open benchmarks are."""
    given = metadata.get("language") if isinstance(metadata, dict) else None
    tag = normal_tag("en" if given is None else str(given))
    if not tag:
        raise BadRequest("`metadata.language` is a language tag such as en, ru or pt-BR.", "metadata")
    return tag


def _read_message(message: Any, pictures: list[bytes]) -> str:
    """Its text, parts by lines; its pictures are appended in their order."""
    if not isinstance(message, dict) or message.get("role") not in _ROLES:
        raise BadRequest("Pipelines answer one question: only system and user messages are read.", "messages")
    content, texts = message.get("content"), []
    for part in [{"type": "text", "text": content}] if isinstance(content, str) else _parts(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            texts.append(writable(part["text"], "messages").strip())
        elif kind == "image_url":
            pictures.append(_picture(part.get("image_url")))
        else:
            raise BadRequest("Parts of a message are `text` and `image_url`.", "messages")
    return "\n".join(text for text in texts if text)


def _parts(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise BadRequest("A message's `content` is a text or a list of parts.", "messages")
    return content


def _picture(value: Any) -> bytes:
    """Addresses are not fetched: this server would fetch whatever it is told to."""
    url = value.get("url") if isinstance(value, dict) else value
    found = _DATA.fullmatch(url) if isinstance(url, str) else None
    try:
        return base64.b64decode(found[1], validate=True) if found else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> bytes:
    raise BadRequest("A picture must be a data URI: data:image/png;base64,…", "messages")
