"""A small HTTP server in a thread: it records what it is sent and answers as a test says. No model, no mock of ours."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Recorder:
    """`bodies`, `headers` of the chat requests so far. `answer(number, body)` makes the answer to the nth, from 0."""

    url: str = ""
    answer: Callable[[int, dict[str, Any]], Answer] = lambda number, body: completion("red")
    models: Answer = (404, {}, b"{}")
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    hung_up: int = 0


def completion(text: str | None, **changes: Any) -> Answer:
    """What vLLM answers, with `changes` to its choice, or to the whole where a name starts with `_`."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    choice |= {name: value for name, value in changes.items() if not name.startswith("_")}
    data = {
        "id": "chatcmpl-1",
        "model": "served/model",
        "system_fingerprint": "fp_7",
        "choices": [choice],
        "usage": {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14},
    }
    data |= {name[1:]: value for name, value in changes.items() if name.startswith("_")}
    return told(200, data)


def told(status: int, data: Any, **headers: str) -> Answer:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(data).encode()


@contextmanager
def serving() -> Iterator[Recorder]:
    recorder, lock, busy = Recorder(), threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.give(recorder.models)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                number = len(recorder.bodies)
                recorder.bodies.append(body)
                recorder.headers.append({name.lower(): value for name, value in self.headers.items()})
                busy[0] += 1
                recorder.most_at_once = max(recorder.most_at_once, busy[0])
            answer = recorder.answer(number, body)
            with lock:
                busy[0] -= 1
            self.give(answer)

        def give(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                recorder.hung_up += 1

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    recorder.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()


def slow(seconds: float, answer: Answer) -> Callable[[int, dict[str, Any]], Answer]:
    def wait(number: int, body: dict[str, Any]) -> Answer:
        time.sleep(seconds)
        return answer

    return wait
