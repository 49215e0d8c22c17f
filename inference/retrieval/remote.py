"""A search server behind an endpoint of the worker's list: several questions at once, its results as documents."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from inference.contracts import Failure
from inference.declare import Cancelled, Doc
from inference.errors import ModelUnavailable
from inference.retrieval.excerpts import excerpt, plain_stems
from inference.retrieval.fetching import Remedy, Request, Trouble, fetch_json
from inference.retrieval.searching import Found, Query

AT_ONCE = 4
MAX_TEXT = 200_000


class RemoteSearcher:
    """`make_request` from a query and a limit; `docs` from the server's JSON, which may be anything at all.

    Raises ModelUnavailable when the server failed every query of a call alike: then no task is to blame.
    """

    def __init__(
        self,
        record: Mapping[str, Any],
        make_request: Callable[[Query, int], Request],
        docs: Callable[[Any, int], list[Doc]],
        remedy: Remedy,
        excerpt_characters: int,
    ) -> None:
        self.record, self.make_request, self.docs, self.remedy = record, make_request, docs, remedy
        self.excerpt_characters = excerpt_characters

    def search(self, queries: Sequence[Query], limit: int, cancelled: Cancelled) -> list[Found | Failure]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(lambda query: self.search_one(query, limit, cancelled), queries))
        asked = [one for one, query in zip(found, queries, strict=True) if query.text.strip()]
        troubles = [one for one in asked if isinstance(one, Trouble)]
        is_crowd = len(troubles) > 1  # one query alone may be over a limit by itself
        is_down = all(one.is_service or (is_crowd and one.is_limit) for one in troubles)
        if troubles and len(troubles) == len(asked) and is_down:
            raise ModelUnavailable(troubles[0].failure.message)
        return [one.failure if isinstance(one, Trouble) else one for one in found]

    def search_one(self, query: Query, limit: int, cancelled: Cancelled) -> Found | Trouble:
        if not query.text.strip():
            return Found([])
        request = self.make_request(query, limit)
        fetched = fetch_json(request, str(self.record["endpoint"]), self.remedy, cancelled)
        if isinstance(fetched, Trouble):
            return fetched
        cut = [
            replace(doc, text=excerpt(doc.text, query.text, self.excerpt_characters, plain_stems))
            for doc in self.docs(fetched.data, limit)
        ]
        return Found(cut, {"response_sha256": fetched.sha256})


def text_of(value: Any) -> str:
    """A server's value as plain text: a list is joined, anything but text is nothing; no NUL, no half letters."""
    if isinstance(value, list):
        return " ".join(filter(None, (text_of(part) for part in value[:100])))
    if not isinstance(value, str):
        return ""
    return value[:MAX_TEXT].replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def number_of(value: Any) -> float:
    """A finite score, 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
        return 0.0
    return round(float(value), 4)


def items_of(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
