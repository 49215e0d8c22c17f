"""The servers of remote models: connections, who they say they are, and what one request brings back."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from inference.endpoints import Endpoint, key_variable
from inference.errors import ModelUnavailable
from inference.http import fetch
from inference.models.loop import event_loop
from inference.models.reply import plain
from inference.models.wire import NEUTRAL, TRANSFORMERS
from inference.spec.model import ModelSpec

CONNECT_SECONDS = 10.0
TRANSFORMERS_PATHS = frozenset({"/v1/chat/completions", "/load_model", "/reset"})


class ServerAway(ModelUnavailable):
    """The server can't be reached or isn't ready; it may come back as it was."""


def make_client(spec: ModelSpec, endpoint: Endpoint) -> httpx2.AsyncClient:
    """Proxies and certificates are the environment's."""
    wanted = spec.concurrency or spec.batch_size
    return httpx2.AsyncClient(
        headers={"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {},
        limits=httpx2.Limits(max_connections=wanted, max_keepalive_connections=wanted),
        timeout=httpx2.Timeout(spec.timeout_seconds, connect=min(CONNECT_SECONDS, spec.timeout_seconds), pool=None),
    )


def close(client: httpx2.AsyncClient) -> None:
    asyncio.run_coroutine_threadsafe(client.aclose(), event_loop())


async def server_facts(client: httpx2.AsyncClient, spec: ModelSpec, endpoint: Endpoint) -> Mapping[str, Any]:
    """`owned_by`, `root`, `max_model_len` and llama.cpp's sizes of the model, as far as GET /models tells.

    Raises ServerAway, or ModelUnavailable where the server refuses the key or serves other models.
    """
    where = f"The endpoint {endpoint.name}"
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            status, _, body = await fetch(client, "GET", f"{endpoint.url}/models")
    except (httpx2.HTTPError, TimeoutError) as error:
        raise ServerAway(f"{where} can't be reached: {reason(error)}. Start the server or fix its URL.") from error
    if status in {401, 402}:
        raise ModelUnavailable(f"{where} refuses the key ({status}): check {key_variable('MODEL', endpoint.name)}.")
    if 300 <= status < 400:
        raise ModelUnavailable(f"{where} redirects ({status}); put the final URL into MODEL_ENDPOINTS.")
    if status in {502, 503, 504}:
        raise ServerAway(f"{where} is not ready ({status}): it may be loading its model.")
    return facts_of(listed_models(status, body), spec, where)


def listed_models(status: int, body: bytes) -> list[dict[str, Any]]:
    try:
        data = json.loads(body).get("data", []) if status == 200 else []
    except (ValueError, RecursionError, AttributeError):
        return []
    return [model for model in data if isinstance(model, dict)] if isinstance(data, list) else []


def facts_of(models: Sequence[Mapping[str, Any]], spec: ModelSpec, where: str) -> Mapping[str, Any]:
    """A server known to list all it serves must list ours: llama.cpp would answer with any other model."""
    mine = next((model for model in models if model.get("id") == spec.source), None)
    if mine is None and any(model.get("owned_by") in NEUTRAL for model in models):
        known = ", ".join(plain(str(model.get("id"))) for model in models[:10])
        raise ModelUnavailable(f"{where} does not serve {spec.source}; it serves: {known}.")
    found = mine or {}
    meta = found.get("meta")  # llama.cpp names a model as it is told to: its sizes tell it from another
    sizes = {name: meta.get(name) for name in ("n_params", "size", "n_ctx_train")} if isinstance(meta, dict) else {}
    wanted = {**{name: found.get(name) for name in ("owned_by", "root", "max_model_len")}, **sizes}
    return {name: value for name, value in wanted.items() if isinstance(value, str | int)}


async def software_of(client: httpx2.AsyncClient, endpoint: Endpoint) -> str:
    """`transformers` where the server is `transformers serve`, which puts the model's author into `owned_by`; it is
    known by what its OpenAPI document lists. Empty for any other.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            status, _, body = await fetch(client, "GET", f"{endpoint.url.removesuffix('/v1')}/openapi.json")
        paths = json.loads(body)["paths"] if status == 200 else {}
    except (httpx2.HTTPError, TimeoutError, ValueError, RecursionError, LookupError, TypeError):
        return ""
    return TRANSFORMERS if isinstance(paths, dict) and paths.keys() >= TRANSFORMERS_PATHS else ""


def reason(error: Exception) -> str:
    return plain(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
