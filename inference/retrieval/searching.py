"""What a search engine takes and gives. Imports nothing heavy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import Field, StringConstraints

from inference.contracts import Failure
from inference.declare import Cancelled, Doc, Options
from inference.endpoints import NAME_PATTERN
from inference.retrieval.encoders import SENTENCE_ENCODER

FieldName = Annotated[str, StringConstraints(pattern=r"^[\w.@-]{1,100}$")]


class DocFields(Options):
    """How the fields of a server's own documents are called."""

    title: FieldName = "title"
    text: FieldName = "text"
    source: FieldName = "source"


class SearchOptions(Options):
    """`corpus`: a JSONL file's name, for the embedded engine. `endpoint`: a name of SEARCH_ENDPOINTS, for a server; it
    and `index` and `fields` are the server's. Results below `min_score` are left out. `rerank`: a sentence encoder that
    puts the first `candidates` in the order of their meaning; scores are cosines then.
    """

    engine: str = "tantivy"
    corpus: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] | None = None
    endpoint: Annotated[str, StringConstraints(pattern=NAME_PATTERN)] | None = None
    index: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")] | None = None
    fields: DocFields | None = None
    top_k: Annotated[int, Field(ge=1, le=100)] = 5
    min_score: Annotated[float, Field(ge=0)] = 0.0
    excerpt_characters: Annotated[int, Field(ge=50, le=100_000)] = 600
    rerank: Annotated[str, StringConstraints(pattern=SENTENCE_ENCODER)] | None = None
    candidates: Annotated[int, Field(ge=1, le=500)] = 50


@dataclass(frozen=True)
class Query:
    text: str
    language: str


@dataclass(frozen=True)
class Found:
    """Documents, best first; `facts` is what only this search knows, such as the hash of a server's response."""

    docs: list[Doc]
    facts: Mapping[str, Any] = field(default_factory=dict)


class Searcher(Protocol):
    """An opened engine. `record` says what was searched: it does not change while it is open."""

    record: Mapping[str, Any]

    def search(self, queries: Sequence[Query], limit: int, cancelled: Cancelled) -> list[Found | Failure]:
        """In the order of `queries`; one that fails is a Failure and harms no other."""


@dataclass(frozen=True)
class SearchEngine:
    """`needs` and `takes` are names of SearchOptions; `open` raises ModelUnavailable."""

    name: str
    open: Callable[[SearchOptions, Path], Searcher]
    needs: frozenset[str]
    takes: frozenset[str] = frozenset()
