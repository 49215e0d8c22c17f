"""OpenSearch and SearXNG, spoken to over HTTP: a real local server with their shapes of JSON and words of our own."""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from inference.components import components
from inference.contracts import Failure
from inference.declare import Resources, StepInput, StepOutput
from inference.errors import ModelUnavailable
from inference.retrieval import fetching
from inference.retrieval.searching import SearchOptions
from inference.spec.model import StepSpec

Reply = tuple[int, bytes, dict[str, str]]
pytestmark = pytest.mark.slow  # servers and waits
SEARXNG = {
    "query": "cats",
    "number_of_results": 0,
    "results": [
        {
            "url": "https://example.org/cats",
            "title": "Keeping cats",
            "content": "Cats sleep for most of the day.",
            "engine": "one",
            "engines": ["one", "two"],
            "score": 4.5,
            "category": "general",
        },
        {"url": "https://example.org/dogs", "title": "Dogs", "content": None, "score": "high"},
        "not a result",
    ],
    "answers": [],
    "suggestions": [],
    "unresponsive_engines": [["three", "timeout"]],
}
OPENSEARCH = {
    "took": 3,
    "timed_out": False,
    "hits": {
        "total": {"value": 2, "relation": "eq"},
        "max_score": 7.4,
        "hits": [
            {
                "_index": "articles",
                "_id": "17",
                "_score": 7.4,
                "_source": {"headline": "Keeping cats", "text": "Cats sleep.", "source": ["a book", "page 3"]},
            },
            {"_index": "articles", "_id": "18", "_score": None, "_source": None},
        ],
    },
}


class Server:
    """Answers with `replies` in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.trickle = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.asked.append((self.path, headers, self.rfile.read(size)))
                status, body, headers = server.replies[min(len(server.asked), len(server.replies)) - 1]
                self.send_response(status)
                if server.trickle:
                    self.trickle_headers()
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def trickle_headers(self) -> None:
                with suppress(OSError):
                    for number in range(200):
                        self.send_header(f"X-{number}", "more")
                        self.flush_headers()
                        time.sleep(0.05)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def say(self, *replies: tuple[int, Any] | tuple[int, Any, dict[str, str]]) -> None:
        self.replies = [
            (reply[0], reply[1] if isinstance(reply[1], bytes) else json.dumps(reply[1]).encode(), dict(*reply[2:]))
            for reply in replies
        ]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    monkeypatch.setenv("SEARCH_ENDPOINTS", f"mine={made.url}/")
    monkeypatch.setattr(fetching, "FIRST_WAIT_SECONDS", 0.01)
    yield made
    made.http.shutdown()
    made.http.server_close()


def search(
    options: dict[str, Any], text: str = "cats", cancelled: Callable[[], bool] = lambda: False
) -> StepOutput | Failure:
    return search_all(options, text, cancelled=cancelled)[0]


def search_all(
    options: dict[str, Any], *texts: str, cancelled: Callable[[], bool] = lambda: False
) -> list[StepOutput | Failure]:
    given = SearchOptions.model_validate({"endpoint": "mine", **options})
    run = components()["text_search"].build(StepSpec(id="s", uses="text_search"), given, Resources(None, None))  # type: ignore[arg-type]
    return run([StepInput({"query": text}, "ru", 1) for text in texts], cancelled)


def test_searxng_s_results_become_documents(server: Server) -> None:
    server.say((200, SEARXNG))
    found = search({"engine": "searxng", "top_k": 5}, "спящие cats\nand more")
    assert isinstance(found, StepOutput)
    first, second = found.outputs["docs"]
    assert first == {
        "id": "https://example.org/cats",
        "title": "Keeping cats",
        "text": "Cats sleep for most of the day.",
        "score": 4.5,
        "source": "https://example.org/cats",
    }
    assert (second["text"], second["score"]) == ("", 0.5)
    asked = parse_qs(urlsplit(server.asked[0][0]).query)
    assert (asked["q"], asked["format"], asked["language"]) == (["спящие cats and more"], ["json"], ["ru"])
    assert found.facts["model"]["endpoint"] == "mine"
    assert len(found.facts["model"]["response_sha256"]) == 64


def test_a_query_gives_searxng_no_commands(server: Server) -> None:
    server.say((200, SEARXNG))
    search({"engine": "searxng"}, "!!g ?images :de <9 !! who won 3:1 ?")
    assert parse_qs(urlsplit(server.asked[0][0]).query)["q"] == ["g images de 9 who won 3:1"]


def test_opensearch_is_asked_by_fields_and_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_ENDPOINT_MINE_KEY", "reader:secret")
    server.say((200, OPENSEARCH))
    found = search({"engine": "opensearch", "index": "articles", "fields": {"title": "headline"}, "top_k": 2})
    assert isinstance(found, StepOutput)
    assert found.outputs["docs"][0] == {
        "id": "17",
        "title": "Keeping cats",
        "text": "Cats sleep.",
        "score": 7.4,
        "source": "a book page 3",
    }
    path, headers, body = server.asked[0]
    assert path == "/articles/_search"
    assert headers["authorization"] == f"Basic {base64.b64encode(b'reader:secret').decode()}"
    assert json.loads(body)["query"]["multi_match"]["fields"] == ["headline^2", "text"]
    assert "secret" not in json.dumps(found.facts["model"])


def test_a_busy_server_is_asked_again(server: Server) -> None:
    server.say((429, b"", {"Retry-After": "0"}), (503, b"", {}), (200, SEARXNG))
    assert isinstance(search({"engine": "searxng"}), StepOutput)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("reply", "kind", "words", "asked"),
    [
        ((200, b"<html>results</html>"), "model", r"formats: \[html, json\]", 1),
        ((400, b""), "model", "answered 400", 1),
        ((429, b""), "transient", "limiter", 4),
        ((500, b""), "transient", "answered 500", 4),
        ((200, b"[" * 5_000_001), "model", "larger than", 1),
    ],
)
def test_what_goes_wrong_is_told_with_its_remedy(
    server: Server, reply: tuple[int, Any], kind: str, words: str, asked: int
) -> None:
    server.say(reply)
    found = search({"engine": "searxng"})
    assert isinstance(found, Failure)
    assert (found.kind, found.retryable) == (kind, kind != "model")
    assert re.search(words, found.message)
    assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((401, b""), "SEARCH_ENDPOINT_…_KEY"),
        ((403, b"Forbidden"), r"formats: \[html, json\]"),
        ((404, b""), "without /search"),
        ((302, b"", {"Location": "http://169.254.169.254/"}), "leads elsewhere"),
        ((502, b""), "answered 502"),
        ((503, b""), "answered 503"),
    ],
)
def test_what_fails_every_query_alike_blames_no_task(server: Server, reply: tuple[int, Any], words: str) -> None:
    server.say(reply)
    with pytest.raises(ModelUnavailable, match=words):
        search({"engine": "searxng"})


def test_a_server_that_is_gone_blames_no_task(server: Server) -> None:
    server.http.server_close()
    with pytest.raises(ModelUnavailable, match="can't be reached"):
        search({"engine": "searxng"})


def test_a_limit_that_holds_back_every_query_blames_no_task(server: Server) -> None:
    server.say((429, b""))
    with pytest.raises(ModelUnavailable, match="limiter"):
        search_all({"engine": "searxng"}, "cats", "dogs")


def test_one_query_s_trouble_is_its_own(server: Server) -> None:
    server.say((200, SEARXNG), (404, b""))
    first, second, empty = search_all({"engine": "searxng"}, "cats", "dogs", " ")
    assert {type(first), type(second)} == {StepOutput, Failure}
    assert isinstance(empty, StepOutput)


def test_a_wait_until_a_date_is_heeded(server: Server) -> None:
    soon = formatdate(time.time() + 60, usegmt=True)
    server.say((429, b"", {"Retry-After": soon}))
    waiting = time.monotonic() + 1.0  # the first pause of our own is 0.01 s
    found = search({"engine": "searxng"}, cancelled=lambda: time.monotonic() > waiting)
    assert isinstance(found, Failure)
    assert (found.kind, len(server.asked)) == ("cancelled", 1)


def test_a_line_that_breaks_in_the_middle_is_told(server: Server) -> None:
    server.say((200, b"{", {"Content-Length": "100", "Connection": "close"}))
    found = search({"engine": "searxng"})
    assert isinstance(found, Failure)
    assert (found.kind, len(server.asked)) == ("transient", 4)


def test_headers_that_trickle_in_for_ever_end_with_the_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(fetching, "ATTEMPTS", 1)
    server.trickle = True
    server.say((200, SEARXNG))
    started = time.monotonic()
    found = search({"engine": "searxng"})
    assert isinstance(found, Failure)
    assert found.kind == "timeout"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("data", [[], {}, {"results": 5}, {"hits": {"hits": [1, None]}}, {"hits": []}, "text", None])
@pytest.mark.parametrize("engine", [{"engine": "searxng"}, {"engine": "opensearch", "index": "a"}])
def test_any_json_is_read_as_no_documents(server: Server, data: Any, engine: dict[str, Any]) -> None:
    server.say((200, data))
    found = search(engine)
    assert isinstance(found, StepOutput)
    assert found.outputs["docs"] == []


def test_a_cancelled_run_does_not_wait_for_a_busy_server(server: Server) -> None:
    server.say((429, b"", {"Retry-After": "30"}))
    found = search({"engine": "searxng"}, cancelled=lambda: bool(server.asked))
    assert isinstance(found, Failure)
    assert (found.kind, len(server.asked)) == ("cancelled", 1)


def test_an_endpoint_that_is_not_on_the_list_is_refused_before_any_task(server: Server) -> None:
    with pytest.raises(ModelUnavailable, match="SEARCH_ENDPOINTS"):
        search({"engine": "searxng", "endpoint": "other"})
