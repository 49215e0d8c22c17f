"""Models behind an OpenAI-compatible server: requests in parallel, retries with backoff, every wait bounded."""

import asyncio
import hashlib
import json
import random
import time
import weakref
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import httpx2

from inference.contracts import Failure
from inference.declare import Cancelled, Request, Result
from inference.endpoints import Endpoint, model_endpoint
from inference.errors import ModelUnavailable, must_pass
from inference.models.loop import run
from inference.models.pictures import SentPicture, as_data_uri
from inference.models.reply import Reply, Trouble, plain, read_reply, refused, transient
from inference.models.servers import close, fetch, make_client, reason, server_facts
from inference.models.wire import chat_body, told_prompt
from inference.spec.model import ModelSpec

ATTEMPTS = 4
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
CANCELLED = Failure("cancelled", "The run was cancelled while this answer was being written.", retryable=True)


def connect(spec: ModelSpec) -> "RemoteModel":
    """Asks the server who it is and what it serves. Raises ModelUnavailable."""
    endpoint = model_endpoint(spec.endpoint or "")
    client = make_client(spec, endpoint)
    try:
        facts = run(server_facts(client, spec, endpoint)) or {}
    except BaseException:
        close(client)
        raise
    return RemoteModel(spec, endpoint, client, facts)


class RemoteModel:
    """See `inference.declare.Model`. Raises ModelUnavailable when the server failed every request alike; then no task
    is to blame, and none loses an attempt.
    """

    reads_images = True  # whether it does, the server alone knows; one that doesn't refuses the request

    def __init__(
        self, spec: ModelSpec, endpoint: Endpoint, client: httpx2.AsyncClient, facts: Mapping[str, Any]
    ) -> None:
        self.spec = spec
        self.endpoint = endpoint
        self.client = client
        self.facts = facts
        at_once = spec.concurrency or spec.batch_size
        self.free = asyncio.Semaphore(at_once)
        self.prepared = asyncio.Semaphore(
            2 * at_once
        )  # pictures are encoded while the server is busy, yet few are held
        weakref.finalize(self, close, client).atexit = False

    def describe(self) -> Mapping[str, Any]:
        spec, facts = self.spec, {f"server_{name}": value for name, value in self.facts.items()}
        record = {"engine": spec.engine, "endpoint": spec.endpoint, "source": spec.source, "revision": spec.revision}
        return {**record, **facts, **({"extra_body": spec.extra_body} if spec.extra_body else {})}

    def count_tokens(self, text: str) -> int:
        raise ModelUnavailable(f"Tokens of {self.spec.source} can't be counted here; use budget_characters.")

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        answers: dict[int, Result | Trouble] = {}
        if requests and not cancelled():
            run(self.answer_all(requests, answers), cancelled)
        troubles = [answer for answer in answers.values() if isinstance(answer, Trouble)]
        is_crowd = len(troubles) > 1  # one request alone may be over a limit by itself
        is_down = all(trouble.is_service or (is_crowd and trouble.is_limit) for trouble in troubles)
        if troubles and len(troubles) == len(requests) and is_down:
            raise ModelUnavailable(f"The endpoint {self.endpoint.name}: {troubles[0].failure.message}")
        found = [answers.get(place) for place in range(len(requests))]
        return [CANCELLED if one is None else one.failure if isinstance(one, Trouble) else one for one in found]

    async def answer_all(self, requests: Sequence[Request], answers: dict[int, Result | Trouble]) -> None:
        """Into `answers` by place, so that those that came before a cancel are kept."""

        async def answer(place: int, request: Request) -> None:
            async with self.prepared:
                answers[place] = await self.answer(request)

        await asyncio.gather(*(answer(place, request) for place, request in enumerate(requests)))

    async def answer(self, request: Request) -> Result | Trouble:
        try:
            pictures = [await asyncio.to_thread(as_data_uri, path) for path in request.images]
            body = json.dumps(chat_body(self.spec, str(self.facts.get("owned_by", "")), request, pictures)).encode()
        except ValueError as error:
            return refused("input", str(error))
        try:
            async with self.free:
                return await self.persist(request, pictures, body)
        except Exception as fault:  # one answer's fault must not reach its neighbours
            if must_pass(fault):
                raise
            return Trouble(Failure("bug", reason(fault), retryable=False))

    async def persist(self, request: Request, pictures: Sequence[SentPicture], body: bytes) -> Result | Trouble:
        """Attempt after attempt, until the answer is there, the deadline is near or another attempt can't help."""
        end = time.monotonic() + self.spec.deadline_seconds
        is_service = True
        for attempt in count(1):
            started = time.perf_counter()
            reply = await self.attempt(body, min(self.spec.timeout_seconds, end - time.monotonic()))
            if isinstance(reply, Reply):
                latency_ms = round((time.perf_counter() - started) * 1000)
                return self.result(request, reply, latency_ms, called(body, reply, pictures, attempt))
            is_service &= reply.is_service
            pause = pause_seconds(attempt, reply.wait_seconds)
            if not reply.again or attempt == ATTEMPTS or time.monotonic() + pause >= end:
                return Trouble(reply.failure, is_service=is_service, is_limit=reply.is_limit)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def attempt(self, body: bytes, seconds: float) -> Reply | Trouble:
        try:
            async with asyncio.timeout(seconds):
                reply = read_reply(*await fetch(self.client, "POST", f"{self.endpoint.url}/chat/completions", body))
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            failure = Failure("transient", f"The server can't be reached: {reason(error)}", retryable=True)
            return Trouble(failure, again=True, is_service=True)
        except (TimeoutError, httpx2.TimeoutException):
            return Trouble(Failure("timeout", f"The server gave no answer within {seconds:.3g} s.", True), again=True)
        except httpx2.HTTPError as error:
            return transient(f"The connection to the server broke: {reason(error)}")
        return self.without_key(reply)

    def without_key(self, reply: Reply | Trouble) -> Reply | Trouble:
        """A server's error may quote the key back, and messages are shown."""
        key = self.endpoint.key
        if isinstance(reply, Reply) or not key or key not in reply.failure.message:
            return reply
        said = reply.failure
        hidden = Failure(said.kind, said.message.replace(key, "…"), said.retryable)
        return Trouble(hidden, reply.again, reply.is_service, reply.is_limit, reply.wait_seconds)

    def result(self, request: Request, reply: Reply, latency_ms: int, facts: Mapping[str, Any]) -> Result:
        return Result(
            text=reply.text.strip(),
            finish_reason=reply.finish_reason,
            prompt=told_prompt(request),
            prompt_tokens=reply.completion.usage.prompt_tokens,
            completion_tokens=reply.completion.usage.completion_tokens,
            latency_ms=latency_ms,
            batch_size=1,
            facts=facts,
        )


def called(body: bytes, reply: Reply, pictures: Sequence[SentPicture], attempt: int) -> dict[str, Any]:
    """What is known of this call alone; `request_sha256` is that of the JSON that was sent."""
    facts = {
        "id": reply.completion.id,
        "served_model": reply.completion.model,
        "system_fingerprint": reply.completion.system_fingerprint,
        "request_sha256": hashlib.sha256(body).hexdigest(),
        "pictures": [{"sha256": one.sha256, "width": one.width, "height": one.height} for one in pictures],
        "attempts": attempt,
    }
    return {name: plain(value) if isinstance(value, str) else value for name, value in facts.items() if value}


def pause_seconds(attempt: int, asked: float | None) -> float:
    """What the server asked for, or exponential backoff with full jitter (Brooker 2015)."""
    if asked is not None:
        return asked
    return random.uniform(PAUSE_SECONDS / 5, min(LONGEST_PAUSE_SECONDS, PAUSE_SECONDS * 2**attempt))  # noqa: S311 - no secret
