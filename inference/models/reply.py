"""What an OpenAI-compatible server said: an answer, or why there is none. An error never becomes an answer."""

import email.utils
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.contracts import ErrorKind, Failure

EXCERPT = 400  # characters of a server's own words
FINISHED: Mapping[str, Literal["stop", "length"]] = {
    "stop": "stop", "eos": "stop", "end_turn": "stop", "stop_sequence": "stop",
    "length": "length", "max_tokens": "length", "model_length": "length",
}  # fmt: skip
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Message(Lenient):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class Choice(Lenient):
    message: Message
    finish_reason: str | None = None


class Usage(Lenient):
    prompt_tokens: Count
    completion_tokens: Count


class Completion(Lenient):
    """The part of OpenAI's ChatCompletion that is read."""

    choices: Annotated[list[Choice], Field(min_length=1)]
    usage: Usage
    id: str | None = None
    model: str | None = None
    system_fingerprint: str | None = None


@dataclass(frozen=True)
class Reply:
    text: str
    finish_reason: Literal["stop", "length"]
    completion: Completion


@dataclass(frozen=True)
class Trouble:
    """Why there is no answer. `again`: another attempt may help at once, or after `wait_seconds` if the server said so.

    `is_service`: no request could have fared better (no connection, a refused key, no such model). `may_be_service`:
    one request may meet it by its own fault, but where several do, it is the server's (too many requests, a crash).
    """

    failure: Failure
    again: bool = False
    is_service: bool = False
    may_be_service: bool = False
    wait_seconds: float | None = None


def read_reply(status: int, headers: Mapping[str, str], body: bytes) -> Reply | Trouble:
    if status != 200:
        return trouble_of(status, headers, words(body))
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return transient("The server answered with something that is not JSON: " + words(body))
    if isinstance(data, dict) and data.get("error"):
        code = data["error"].get("code") if isinstance(data["error"], dict) else None
        return trouble_of(code if isinstance(code, int) and code >= 400 else 500, headers, words(body))
    try:
        completion = Completion.model_validate(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        return transient(f"The server's answer is no chat completion (at “{where}”): {words(body)}")
    return answered(completion)


def answered(completion: Completion) -> Reply | Trouble:
    choice = completion.choices[0]
    message, reason = choice.message, choice.finish_reason
    if message.refusal or reason == "content_filter":
        said = plain(message.refusal or "its content filter")
        return refused("model", f"The server withheld the answer: {said}. Change the task or the model.")
    if reason in {"tool_calls", "function_call"}:
        return refused("model", "The model called a tool instead of answering; give the server no tools.")
    if reason is None or reason not in FINISHED:
        return transient(f"The server broke off its answer (finish_reason: {plain(reason or 'none')}).")
    if not message.content and (message.reasoning_content or message.reasoning):
        return refused(
            "model",
            "The model spent all its tokens on reasoning and wrote no answer. Raise max_tokens, or switch reasoning "
            "off, for example by “extra_body: {chat_template_kwargs: {enable_thinking: false}}”.",
        )
    if message.content is None:
        return refused("model", "The server's answer has no text.")
    return Reply(message.content, FINISHED[reason], completion)


def trouble_of(status: int, headers: Mapping[str, str], said: str) -> Trouble:
    message = f"The server answered {status}: {said}"
    if 300 <= status < 400:
        return service(f"{message} Redirects are not followed; put the final URL into MODEL_ENDPOINTS.")
    if status in {401, 402}:
        return service(f"{message} Check the endpoint's key (MODEL_ENDPOINT_…_KEY) and its account.")
    if status == 403:
        failure = Failure("model", f"{message} Either the key may not do this, or the task is moderated.", False)
        return Trouble(failure, may_be_service=True)
    if status in {404, 405}:
        return service(f"{message} Check the model's name (“source”) and the URL in MODEL_ENDPOINTS, with its “/v1”.")
    if status in {400, 413, 422}:
        return refused("input", f"{message} The request itself is refused; change the prompt, sampling or extra_body.")
    if status in {408, 409, 425, 429} or status >= 500:
        wait = retry_after(headers)
        failure = Failure("transient", message, retryable=True)
        is_shared = status == 429 or status >= 500
        return Trouble(failure, True, status in {502, 503, 504}, may_be_service=is_shared, wait_seconds=wait)
    return refused("model", message)


def refused(kind: ErrorKind, message: str) -> Trouble:
    return Trouble(Failure(kind, message, retryable=False))


def service(message: str) -> Trouble:
    return Trouble(Failure("transient", message, retryable=True), is_service=True)


def transient(message: str) -> Trouble:
    return Trouble(Failure("transient", message, retryable=True), again=True)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or an HTTP date; None where there is none."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def words(body: bytes) -> str:
    """The server's message, or the beginning of what it sent, on one line."""
    text = body[: 10 * EXCERPT].decode("utf-8", "replace")
    try:
        found = message_in(json.loads(body))
    except (ValueError, RecursionError):
        found = None
    return plain(found or text) or "nothing"


def message_in(data: Any) -> str | None:
    """OpenAI and llama.cpp: error.message; SGLang: message; FastAPI: detail."""
    if not isinstance(data, dict):
        return None
    found = data.get("error") or data.get("message") or data.get("detail")
    found = found.get("message") if isinstance(found, dict) else found
    return found if isinstance(found, str) else None


def plain(text: str) -> str:
    """One line of printable characters, cut."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= EXCERPT else line[:EXCERPT] + "…"
