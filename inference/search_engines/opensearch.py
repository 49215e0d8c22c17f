"""`opensearch`: an index of an OpenSearch (or Elasticsearch) server. A key with a colon is user:password."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from inference.declare import Doc
from inference.endpoints import Endpoint, search_endpoint
from inference.retrieval.fetching import Request
from inference.retrieval.remote import RemoteSearcher, items_of, number_of, text_of
from inference.retrieval.searching import DocFields, Query, SearchEngine, Searcher, SearchOptions

MAX_WORDS = 200  # a server refuses a query of more than 1,024 clauses
REMEDIES = {
    401: "Give its key, or user:password, as SEARCH_ENDPOINT_…_KEY in the worker's environment.",
    403: "Its user may not read this index.",
    404: "It has no such index; correct “index” in the definition.",
    400: "It refuses the query; check the names in “fields”.",
}


def open_server(options: SearchOptions, model_dir: Path) -> Searcher:
    endpoint, fields = search_endpoint(options.endpoint or ""), options.fields or DocFields()
    index = options.index or ""
    return RemoteSearcher(
        {"engine": "opensearch", "endpoint": endpoint.name, "index": index},
        lambda query, limit: make_request(endpoint, index, fields, query, limit),
        lambda data, limit: docs_of(data, fields)[:limit],
        lambda status: REMEDIES.get(status, ""),
        options.excerpt_characters,
    )


def make_request(endpoint: Endpoint, index: str, fields: DocFields, query: Query, limit: int) -> Request:
    words = " ".join(query.text.split()[:MAX_WORDS])
    matching = {"query": words, "fields": [f"{fields.title}^2", fields.text]}
    body = {
        "size": limit,
        "query": {"multi_match": matching},
        "_source": [fields.title, fields.text, fields.source],
    }
    headers = {"accept": "application/json", **authorisation(endpoint.key)}
    return Request(f"{endpoint.url}/{quote(index)}/_search", headers, json.dumps(body).encode())


def authorisation(key: str | None) -> Mapping[str, str]:
    if key is None:
        return {}
    basic = base64.b64encode(key.encode()).decode()
    return {"authorization": f"Basic {basic}" if ":" in key else f"Bearer {key}"}


def docs_of(data: Any, fields: DocFields) -> list[Doc]:
    hits = data.get("hits") if isinstance(data, Mapping) else None
    found = []
    for hit in items_of(hits.get("hits") if isinstance(hits, Mapping) else None):
        source = hit.get("_source")
        kept: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
        texts = {name: text_of(kept.get(getattr(fields, name))) for name in ("title", "text", "source")}
        found.append(Doc(id=text_of(hit.get("_id")), score=number_of(hit.get("_score")), **texts))
    return found


search_engine = SearchEngine(
    name="opensearch", open=open_server, needs=frozenset({"endpoint", "index"}), takes=frozenset({"fields"})
)
