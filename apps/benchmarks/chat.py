"""An OpenAI chat request as a task: its texts are the instruction, its picture a data URI."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

_DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


class BadRequest(Exception):
    """What is wrong with the request, and the parameter it is in."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


@dataclass(frozen=True)
class Asked:
    model: str
    instruction: str
    picture: bytes | None


def read_request(body: Any) -> Asked:
    """Raises BadRequest. Sampling parameters are ignored: a pipeline's definition has its own."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise BadRequest("Name a pipeline as `model`.", "model")
    if body.get("stream"):
        raise BadRequest("Streaming is not offered; leave `stream` out.", "stream")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequest("Give at least one message.", "messages")
    texts: list[str] = []
    pictures: list[bytes] = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        if role not in {"system", "developer", "user"}:
            raise BadRequest("Pipelines answer one question: only system and user messages are read.", "messages")
        _read_content(message.get("content"), texts, pictures)
    if len(pictures) > 1:
        raise BadRequest("At most one picture can be asked about.", "messages")
    instruction = "\n\n".join(text.strip() for text in texts if text.strip())
    if not instruction:
        raise BadRequest("There is no text in the messages.", "messages")
    return Asked(body["model"], instruction, pictures[0] if pictures else None)


def _read_content(content: Any, texts: list[str], pictures: list[bytes]) -> None:
    for part in [{"type": "text", "text": content}] if isinstance(content, str) else content or []:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            texts.append(str(part.get("text", "")))
        elif kind == "image_url":
            pictures.append(_picture(part.get("image_url")))
        else:
            raise BadRequest("Parts of a message are `text` and `image_url`.", "messages")


def _picture(value: Any) -> bytes:
    """Addresses are not fetched: this server would fetch whatever it is told to."""
    found = _DATA.fullmatch(str(value.get("url", ""))) if isinstance(value, dict) else None
    try:
        return base64.b64decode(found[1], validate=True) if found else _refuse()
    except binascii.Error:
        return _refuse()


def _refuse() -> bytes:
    raise BadRequest("A picture must be a data URI: data:image/png;base64,…", "messages")
