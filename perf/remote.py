"""What the engine `openai` costs: its throughput beside bare asynchronous clients on the same server, in one sitting.

The server is a process of its own that answers every request after a fixed time, however many there are: an idle
server shows the client's cost at its largest. Clients take turns, so that noise of the machine hits all of them; the
share is the median over the rounds. Run: `python -m perf.remote [--rounds 5]`; the table goes to `perf/results.md`.
"""

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import numpy as np
from openai import AsyncOpenAI
from PIL import Image

from inference.declare import Request, Result
from inference.models.remote import connect
from inference.spec.model import ModelSpec, Sampling
from perf.table import write_section

SAMPLING = Sampling(temperature=0.7, max_tokens=64)
PROMPT = "What is in the picture, and why does it matter? " * 40
BODY = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 64}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 64, "total_tokens": 464},
    }
).encode()


@dataclass(frozen=True)
class Load:
    """`requests` of one round, `at_once` of them under way; the server takes `seconds` for each."""

    seconds: float
    at_once: int
    requests: int
    picture: bool = False

    @property
    def name(self) -> str:
        kind = "with a photograph of 512 × 512" if self.picture else "text"
        return f"{self.seconds * 1000:.0f} ms, {self.at_once} at once, {kind}"


LOADS = [
    Load(1.0, 32, 128),
    Load(1.0, 64, 256),
    Load(0.25, 32, 256),
    Load(0.1, 16, 256),
    Load(1.0, 32, 512, picture=True),  # long enough that the first 32 pictures, which nothing hides, weigh little
]


def serve(told: Connection, seconds: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode().lower():
                size = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0)
                await reader.readexactly(size)
                await asyncio.sleep(seconds if size else 0)
                body = BODY if size else b'{"data": []}'
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
        except asyncio.IncompleteReadError:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def content(picture: Path | None) -> object:
    if picture is None:
        return PROMPT
    uri = f"data:image/jpeg;base64,{base64.b64encode(picture.read_bytes()).decode()}"
    return [{"type": "image_url", "image_url": {"url": uri}}, {"type": "text", "text": PROMPT}]


def bare(url: str, load: Load, picture: Path | None) -> None:
    """httpx2 alone, and json."""

    async def run() -> None:
        limits = httpx2.Limits(max_connections=load.at_once, max_keepalive_connections=load.at_once)
        free = asyncio.Semaphore(load.at_once)
        async with httpx2.AsyncClient(limits=limits, timeout=60) as client:

            async def ask() -> str:
                async with free:
                    body = {"model": "m", "messages": [{"role": "user", "content": content(picture)}], "max_tokens": 64}
                    answer = await client.post(f"{url}/chat/completions", json=body)
                    return str(answer.json()["choices"][0]["message"]["content"])

            await asyncio.gather(*(ask() for _ in range(load.requests)))

    asyncio.run(run())


def official(url: str, load: Load, picture: Path | None) -> None:
    """The `openai` package, without its retries."""

    async def run() -> None:
        free = asyncio.Semaphore(load.at_once)
        async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

            async def ask() -> str | None:
                async with free:
                    said = [{"role": "user", "content": content(picture)}]
                    answer = await client.chat.completions.create(model="m", messages=said, max_tokens=64)  # type: ignore[arg-type]
                    return answer.choices[0].message.content

            await asyncio.gather(*(ask() for _ in range(load.requests)))

    asyncio.run(run())


def ours(url: str, load: Load, picture: Path | None) -> None:
    os.environ["MODEL_ENDPOINTS"] = f"perf={url}"
    model = connect(ModelSpec(engine="openai", endpoint="perf", source="m", concurrency=load.at_once))
    images = (picture,) if picture is not None else ()
    found = model.generate([Request(PROMPT, None, images, SAMPLING, 1)] * load.requests, lambda: False)
    assert all(isinstance(result, Result) for result in found), found[0]  # noqa: S101 - a failure is no throughput


CLIENTS: dict[str, Callable[[str, Load, Path | None], None]] = {"httpx2": bare, "openai": official, "ours": ours}


def measure(load: Load, rounds: int, picture: Path) -> list[str]:
    """A row of the table: answers per second and processor time of each client, and our share of httpx2's throughput,
    medians over the rounds.
    """
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, load.seconds), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}/v1"
    rates: dict[str, list[float]] = {name: [] for name in CLIENTS}
    processor_ms: dict[str, list[float]] = {name: [] for name in CLIENTS}
    for turn in range(rounds + 1):  # the first one warms up
        for name, client in CLIENTS.items():
            started, spent = time.perf_counter(), time.process_time()
            client(url, load, picture if load.picture else None)
            if turn:
                rates[name].append(load.requests / (time.perf_counter() - started))
                processor_ms[name].append(1000 * (time.process_time() - spent) / load.requests)
    server.terminate()
    share = statistics.median(mine / theirs for mine, theirs in zip(rates["ours"], rates["httpx2"], strict=True))
    shown = [
        f"{statistics.median(rates[name]):.1f} ({statistics.median(processor_ms[name]):.1f} ms)" for name in CLIENTS
    ]
    print(load.name, *shown, f"{100 * share:.1f} %", flush=True)
    return [load.name, *shown, f"{100 * share:.1f} %"]


def make_photograph(path: Path) -> Path:
    """Soft shapes with grain, as compressible as a photograph; 512 × 512, about 90 kB."""
    rng = np.random.default_rng(0)
    shapes = Image.fromarray(rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)).resize((512, 512))
    grainy = np.asarray(shapes).astype(int) + rng.integers(-6, 6, (512, 512, 3))
    Image.fromarray(grainy.clip(0, 255).astype(np.uint8)).save(path, quality=90)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(load, rounds, make_photograph(Path(folder) / "photo.jpg")) for load in LOADS]
    write_section(
        "The engine `openai` beside bare asynchronous clients",
        f"`python -m perf.remote --rounds {rounds}`: answers per second (and the client's processor time for each); "
        "the server takes a fixed time for each request. The bare clients send pictures as they are, ours upright, "
        "re-encoded and limited in size. A round is 128 to 256 requests, 512 with photographs.",
        ["server and load", "httpx2 alone", "openai package", "ours", "ours ÷ httpx2"],
        rows,
    )


if __name__ == "__main__":
    main()
