"""Models behind an OpenAI-compatible server: requests in parallel, retries with backoff, every wait bounded."""

import asyncio
import hashlib
import json
import random
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import httpx2

from inference.contracts import Failure
from inference.declare import Cancelled, Request, Result
from inference.endpoints import Endpoint, model_endpoint
from inference.errors import ModelUnavailable, must_pass
from inference.http import fetch
from inference.models.loop import run
from inference.models.pictures import SentPicture, as_data_uri
from inference.models.reply import Reply, Trouble, plain, read_reply, refused, transient
from inference.models.servers import ServerAway, close, make_client, reason, server_facts, software_of
from inference.models.wire import NEUTRAL, chat_body, told_prompt
from inference.spec.model import ModelSpec

ATTEMPTS = 4
FACTS_SECONDS = 60.0  # how long the server is believed to be who it was; after a lost connection not at all
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
CANCELLED = Failure("cancelled", "The run was cancelled while this answer was being written.", retryable=True)


def connect(spec: ModelSpec) -> "RemoteModel":
    """Asks the server who it is and what it serves. Raises ModelUnavailable."""
    endpoint = model_endpoint(spec.endpoint or "")
    client = make_client(spec, endpoint)
    try:
        facts = run(server_facts(client, spec, endpoint)) or {}
        software = "" if facts.get("owned_by") in NEUTRAL else run(software_of(client, endpoint)) or ""
    except BaseException:
        close(client)
        raise
    return RemoteModel(spec, endpoint, client, facts, software)


class RemoteModel:
    """See `inference.declare.Model`. Raises ModelUnavailable when the server failed every request alike; then no task
    is to blame, and none loses an attempt. So it does when the server turns out to be another than the record says.

    Several threads may call `generate` at once; they share one limit of requests under way, first come, first served.
    """

    reads_images = True  # whether it does, the server alone knows; one that doesn't refuses the request

    def __init__(
        self,
        spec: ModelSpec,
        endpoint: Endpoint,
        client: httpx2.AsyncClient,
        facts: Mapping[str, Any],
        software: str = "",
    ) -> None:
        self.spec = spec
        self.endpoint = endpoint
        self.client = client
        self.facts = facts
        self.software = software
        self.facts_at = time.monotonic()
        self.is_doubtful = False  # a connection was lost: another server may have taken its place
        self.has_answered = False  # anything of the last call
        self.looking = asyncio.Lock()
        at_once = spec.concurrency or spec.batch_size
        self.free = asyncio.Semaphore(at_once)
        self.prepared = asyncio.Semaphore(
            2 * at_once
        )  # pictures are encoded while the server is busy, yet few are held
        weakref.finalize(self, close, client).atexit = False

    def describe(self) -> Mapping[str, Any]:
        spec, facts = self.spec, {f"server_{name}": value for name, value in self.facts.items()}
        record = {"engine": spec.engine, "endpoint": spec.endpoint, "source": spec.source, "revision": spec.revision}
        record["endpoint_sha256"] = hashlib.sha256(self.endpoint.url.encode()).hexdigest()[:12]
        told = {"server_software": self.software, "extra_body": spec.extra_body}
        return {**record, **facts, **{name: value for name, value in told.items() if value}}

    def count_tokens(self, text: str) -> int:
        raise ModelUnavailable(f"Tokens of {self.spec.source} can't be counted here; use budget_characters.")

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        answers: dict[int, Result | Trouble] = {}
        if requests and not cancelled():
            run(self.answer_all(requests, answers), cancelled)
        troubles = [answer for answer in answers.values() if isinstance(answer, Trouble)]
        is_down = bool(troubles) and len(troubles) == len(requests) and self.blames_server(troubles)
        self.has_answered = len(troubles) < len(answers)
        if is_down:
            raise ModelUnavailable(f"The endpoint {self.endpoint.name}: {troubles[0].failure.message}")
        found = [answers.get(place) for place in range(len(requests))]
        return [CANCELLED if one is None else one.failure if isinstance(one, Trouble) else one for one in found]

    def blames_server(self, troubles: Sequence[Trouble]) -> bool:
        """One request alone may be over a limit, or forbidden, by itself; the latter if others were answered before."""
        is_crowd = len(troubles) > 1
        return all(
            one.is_service or (one.may_be_service and (is_crowd or not (one.failure.retryable or self.has_answered)))
            for one in troubles
        )

    async def answer_all(self, requests: Sequence[Request], answers: dict[int, Result | Trouble]) -> None:
        """Into `answers` by place, so that those that came before a cancel are kept."""
        known = self.facts
        await self.look_again()
        self.refuse_another_than(known)
        await self.gather(requests, answers)
        if self.is_doubtful:
            with suppress(ServerAway):
                await self.look_again()
        self.refuse_another_than(known)

    async def look_again(self) -> None:
        """Asks the server who it is, unless it was asked lately and no connection was lost since."""
        async with self.looking:
            if self.is_doubtful or time.monotonic() - self.facts_at >= FACTS_SECONDS:
                facts = await server_facts(self.client, self.spec, self.endpoint)
                self.facts_at, self.is_doubtful = time.monotonic(), False
                if facts != self.facts:
                    self.facts = facts

    def refuse_another_than(self, known: Mapping[str, Any]) -> None:
        if self.facts is not known:
            raise ModelUnavailable(
                f"The endpoint {self.endpoint.name} serves another model than before, or with other settings. What it "
                "answered meanwhile is not kept; from the next attempt on its answers are recorded as the new one's."
            )

    async def gather(self, requests: Sequence[Request], answers: dict[int, Result | Trouble]) -> None:
        async def answer(place: int, request: Request) -> None:
            async with self.prepared:
                answers[place] = await self.answer(request)

        tasks = [asyncio.ensure_future(answer(place, request)) for place, request in enumerate(requests)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def answer(self, request: Request) -> Result | Trouble:
        try:
            try:
                pictures = [await asyncio.to_thread(as_data_uri, path) for path in request.images]
                body = json.dumps(chat_body(self.spec, self.server, request, pictures)).encode()
            except ValueError as error:
                return refused("input", str(error))
            async with self.free:
                return await self.persist(request, pictures, body)
        except Exception as fault:  # one answer's fault must not reach its neighbours
            if must_pass(fault):
                raise
            return Trouble(Failure("bug", reason(fault), retryable=False))

    @property
    def server(self) -> str:
        owner = str(self.facts.get("owned_by", ""))
        return owner if owner in NEUTRAL else self.software

    async def persist(self, request: Request, pictures: Sequence[SentPicture], body: bytes) -> Result | Trouble:
        """Attempt after attempt, until the answer is there, the deadline is near or another attempt can't help."""
        end = time.monotonic() + self.spec.deadline_seconds
        is_service = may_be_service = True
        for attempt in count(1):
            started = time.perf_counter()
            reply = await self.attempt(body, min(self.spec.timeout_seconds, end - time.monotonic()))
            if isinstance(reply, Reply):
                latency_ms = round((time.perf_counter() - started) * 1000)
                return self.result(request, reply, latency_ms, called(body, reply, pictures, attempt))
            is_service &= reply.is_service
            may_be_service &= reply.is_service or reply.may_be_service
            pause = pause_seconds(attempt, reply.wait_seconds)
            if not reply.again or attempt == ATTEMPTS or time.monotonic() + pause >= end:
                return Trouble(reply.failure, is_service=is_service, may_be_service=may_be_service)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def attempt(self, body: bytes, seconds: float) -> Reply | Trouble:
        try:
            async with asyncio.timeout(seconds):
                reply = read_reply(*await fetch(self.client, "POST", f"{self.endpoint.url}/chat/completions", body))
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            self.is_doubtful = True
            failure = Failure("transient", f"The server can't be reached: {reason(error)}", retryable=True)
            return Trouble(failure, again=True, is_service=True)
        except (TimeoutError, httpx2.TimeoutException):
            return Trouble(Failure("timeout", f"The server gave no answer within {seconds:.3g} s.", True), again=True)
        except httpx2.HTTPError as error:
            self.is_doubtful = True
            return transient(f"The connection to the server broke: {reason(error)}")
        self.is_doubtful |= isinstance(reply, Trouble) and reply.is_service
        return self.without_key(reply)

    def without_key(self, reply: Reply | Trouble) -> Reply | Trouble:
        """A server's error may quote the key back, and messages are shown."""
        key = self.endpoint.key
        if isinstance(reply, Reply) or not key or key not in reply.failure.message:
            return reply
        said = reply.failure
        hidden = Failure(said.kind, said.message.replace(key, "…"), said.retryable)
        return replace(reply, failure=hidden)

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
