"""`searxng`: the web through a SearXNG server of one's own. What it finds changes; the trace keeps what was found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from inference.declare import Doc
from inference.endpoints import Endpoint, search_endpoint
from inference.retrieval.fetching import Request
from inference.retrieval.remote import RemoteSearcher, items_of, number_of, text_of
from inference.retrieval.searching import Query, SearchEngine, Searcher, SearchOptions

MAX_CHARACTERS = 400  # web search engines cut longer questions, each in its own way
COMMANDS = "!?:<"
NO_JSON = (
    "Its JSON is not switched on: in SearXNG's settings.yml put “search: formats: [html, json]” and restart it; its "
    "limiter must let this worker through, too."
)
REMEDIES = {
    200: NO_JSON,
    401: "Give its key as SEARCH_ENDPOINT_…_KEY in the worker's environment.",
    403: NO_JSON,
    404: "The URL in SEARCH_ENDPOINTS must be the server's own, without /search.",
    429: "Its limiter holds this worker back: let the worker's address pass in limiter.toml.",
}


def open_server(options: SearchOptions, model_dir: Path) -> Searcher:
    endpoint = search_endpoint(options.endpoint or "")
    return RemoteSearcher(
        {"engine": "searxng", "endpoint": endpoint.name},
        lambda query, limit: make_request(endpoint, query),
        lambda data, limit: docs_of(data)[:limit],
        lambda status: REMEDIES.get(status, ""),
        options.excerpt_characters,
    )


def make_request(endpoint: Endpoint, query: Query) -> Request:
    text = plain_words(query.text)[:MAX_CHARACTERS]
    asked = urlencode({"q": text, "format": "json", "language": query.language, "safesearch": "1"})
    headers = {"accept": "application/json"}
    if endpoint.key is not None:
        headers["authorization"] = f"Bearer {endpoint.key}"
    return Request(f"{endpoint.url}/search?{asked}", headers)


def plain_words(text: str) -> str:
    """Without the signs that make a word a command of SearXNG: `!engine`, `!!bang`, `:language`, `<seconds`."""
    return " ".join(filter(None, (word.lstrip(COMMANDS) for word in text.split())))


def docs_of(data: Any) -> list[Doc]:
    """The server's order; a result without a score of its own gets 1 / rank."""
    results = items_of(data.get("results") if isinstance(data, Mapping) else None)
    return [
        Doc(
            id=text_of(result.get("url")),
            title=text_of(result.get("title")),
            text=text_of(result.get("content")),
            score=number_of(result.get("score")) or round(1 / rank, 4),
            source=text_of(result.get("url")),
        )
        for rank, result in enumerate(results, start=1)
    ]


search_engine = SearchEngine(name="searxng", open=open_server, needs=frozenset({"endpoint"}))
