"""JSON from a search server: within a time and a size, tried again when it is busy, never led elsewhere."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from inference.contracts import Failure
from inference.declare import Cancelled

TIMEOUT_SECONDS = 20.0
ATTEMPTS = 4
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
MAX_BYTES = 5_000_000
CANCELLED = Failure("cancelled", "The run was cancelled while the search server was asked.", retryable=True)

Remedy = Callable[[int], str]  # what to do about a status that trying again does not mend


@dataclass(frozen=True)
class Fetched:
    """`sha256` is of the body as it came: the web is not reproducible, but what was seen can be told apart."""

    data: Any
    sha256: str


class StayHere(HTTPRedirectHandler):
    """A server on the list may not send us to one that is not."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Trouble:
    failure: Failure
    wait_seconds: float | None = None  # the server's own wish


def fetch_json(request: Request, name: str, remedy: Remedy, cancelled: Cancelled) -> Fetched | Failure:
    """`name` is the endpoint's, for messages. 429, 5xx, broken lines and time-outs are tried again, then told."""
    trouble = Trouble(CANCELLED)
    for attempt in range(ATTEMPTS):
        if cancelled() or (attempt and not slept(trouble, attempt, cancelled)):
            return CANCELLED
        found = fetch_once(request, name, remedy)
        if isinstance(found, Fetched):
            return found
        if not found.failure.retryable:
            return found.failure
        trouble = found
    return trouble.failure


def slept(trouble: Trouble, attempt: int, cancelled: Cancelled) -> bool:
    wait = trouble.wait_seconds if trouble.wait_seconds is not None else FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
    until = time.monotonic() + min(wait, LONGEST_WAIT_SECONDS)
    while (left := until - time.monotonic()) > 0:
        if cancelled():
            return False
        time.sleep(min(left, 0.2))
    return True


def fetch_once(request: Request, name: str, remedy: Remedy) -> Fetched | Trouble:
    try:
        with build_opener(StayHere).open(request, timeout=TIMEOUT_SECONDS) as response:
            body = read_body(response)
        return Fetched(json.loads(body), hashlib.sha256(body).hexdigest())
    except HTTPError as error:
        with error:
            return refused(error.code, error.headers, name, remedy)
    except TimeoutError:
        return trouble(
            "timeout", f"The search server {name} did not answer within {TIMEOUT_SECONDS:.0f} s.", again=True
        )
    except (URLError, HTTPException, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            return trouble("timeout", f"The search server {name} could not be reached in time.", again=True)
        return trouble("transient", f"The search server {name} can't be reached: {reason}", again=True)
    except (ValueError, RecursionError) as error:
        return trouble("model", f"The search server {name} sent no sound JSON: {error} {remedy(200)}", again=False)


def read_body(response: Any) -> bytes:
    """Raises TimeoutError when it trickles in too slowly, ValueError when it is too large."""
    until, body = time.monotonic() + TIMEOUT_SECONDS, bytearray()
    while part := response.read1(65_536):
        body += part
        if len(body) > MAX_BYTES:
            raise ValueError(f"the response is larger than {MAX_BYTES:,} bytes.")
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(body)


def refused(status: int, headers: Any, name: str, remedy: Remedy) -> Trouble:
    message = f"The search server {name} answered {status}. {remedy(status)}".strip()
    if status == 429 or status >= 500:
        return trouble("transient", message, again=True, wait_seconds=seconds(headers.get("Retry-After")))
    if status in {301, 302, 303, 307, 308}:
        message = f"The search server {name} leads elsewhere ({status}); put its final URL into SEARCH_ENDPOINTS."
    return trouble("model", message, again=False)


def seconds(value: str | None) -> float | None:
    return float(value) if value is not None and value.isdecimal() and len(value) < 6 else None


def trouble(kind: Any, message: str, *, again: bool, wait_seconds: float | None = None) -> Trouble:
    return Trouble(Failure(kind, message, retryable=again), wait_seconds)
