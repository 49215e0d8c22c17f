"""JSON from a search server: within a time and a size, tried again when it is busy, never led elsewhere."""

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2

from inference.contracts import ErrorKind, Failure
from inference.declare import Cancelled
from inference.http import fetch
from inference.models.loop import run
from inference.models.reply import retry_after

TIMEOUT_SECONDS = 20.0
ATTEMPTS = 4
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
SERVICE = frozenset({401, 402, 403, 404, 405, 502, 503, 504})  # statuses that are the same for every query
CANCELLED = Failure("cancelled", "The run was cancelled while the search server was asked.", retryable=True)

Remedy = Callable[[int], str]  # what to do about a status that trying again does not mend


@dataclass(frozen=True)
class Request:
    """With a body it is a POST of JSON."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Fetched:
    """`sha256` is of the body as it came: the web is not reproducible, but what was seen can be told apart."""

    data: Any
    sha256: str


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
        answer = fetch_once(request, name, remedy, cancelled)
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


def fetch_once(request: Request, name: str, remedy: Remedy, cancelled: Cancelled) -> Fetched | Trouble:
    try:
        answer = run(ask(request), cancelled)
        if answer is None:
            return Trouble(CANCELLED)
        status, headers, body = answer
        if status != 200:
            return refused(status, headers, name, remedy)
        return Fetched(json.loads(body), hashlib.sha256(body).hexdigest())
    except (TimeoutError, httpx2.TimeoutException):
        return trouble("timeout", f"The search server {name} did not answer within {TIMEOUT_SECONDS:.0f} s.")
    except (httpx2.ConnectError, httpx2.UnsupportedProtocol) as error:
        return trouble("transient", f"The search server {name} can't be reached: {error}", is_service=True)
    except (httpx2.DecodingError, ValueError, RecursionError) as error:
        message = f"The search server {name} sent no sound JSON: {error} {remedy(200)}"
        return trouble("model", message, is_limit=True)
    except (httpx2.HTTPError, OSError) as error:
        return trouble("transient", f"The connection to the search server {name} broke: {error}")


async def ask(request: Request) -> tuple[int, Mapping[str, str], bytes]:
    """Within TIMEOUT_SECONDS in all, however slowly headers or body trickle in."""
    method = "GET" if request.body is None else "POST"
    async with asyncio.timeout(TIMEOUT_SECONDS):
        return await fetch(shared_client(), method, request.url, request.body, request.headers)


@cache
def shared_client() -> httpx2.AsyncClient:
    """Of the process's event loop. Proxies and certificates are the environment's."""
    return httpx2.AsyncClient(timeout=None)


os.register_at_fork(after_in_child=shared_client.cache_clear)


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
