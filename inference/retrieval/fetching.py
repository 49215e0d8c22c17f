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

from inference.contracts import ErrorKind, Failure
from inference.declare import Cancelled
from inference.models.reply import retry_after

TIMEOUT_SECONDS = 20.0
ATTEMPTS = 4
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
MAX_BYTES = 5_000_000
SERVICE = frozenset({401, 402, 403, 404, 405, 502, 503, 504})  # statuses that are the same for every query
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
    """`is_service`: no query could have fared better (no connection, a refused key, no such index). `is_limit`: the
    server takes none for now, which one query alone may be to blame for. `wait_seconds` is the server's own wish.
    """

    failure: Failure
    is_service: bool = False
    is_limit: bool = False
    wait_seconds: float | None = None


def fetch_json(request: Request, name: str, remedy: Remedy, cancelled: Cancelled) -> Fetched | Trouble:
    """`name` is the endpoint's, for messages. 429, 5xx, broken lines and time-outs are tried again, then told."""
    found = Trouble(CANCELLED)
    for attempt in range(ATTEMPTS):
        if cancelled() or (attempt and not slept(found, attempt, cancelled)):
            return Trouble(CANCELLED)
        answer = fetch_once(request, name, remedy)
        if isinstance(answer, Fetched) or not answer.failure.retryable:
            return answer
        found = answer
    return found


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
        return trouble("timeout", f"The search server {name} did not answer within {TIMEOUT_SECONDS:.0f} s.")
    except URLError as error:
        kind: ErrorKind = "timeout" if isinstance(error.reason, TimeoutError) else "transient"
        return trouble(kind, f"The search server {name} can't be reached: {error.reason}", is_service=True)
    except (HTTPException, OSError) as error:
        return trouble("transient", f"The connection to the search server {name} broke: {error}")
    except (ValueError, RecursionError) as error:
        message = f"The search server {name} sent no sound JSON: {error} {remedy(200)}"
        return trouble("model", message, is_limit=True)


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
        is_service, wait = status in SERVICE, retry_after(headers)
        return trouble("transient", message, is_service=is_service, is_limit=not is_service, wait_seconds=wait)
    if 300 <= status < 400:
        message = f"The search server {name} leads elsewhere ({status}); put its final URL into SEARCH_ENDPOINTS."
    return trouble("model", message, is_service=status in SERVICE or status < 400)


def trouble(kind: ErrorKind, message: str, **how: Any) -> Trouble:
    return Trouble(Failure(kind, message, retryable=kind != "model"), **how)
