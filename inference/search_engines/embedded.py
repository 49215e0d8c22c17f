"""`tantivy`: an index in this process, with English and Russian stems, built once per corpus content."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inference.contracts import Failure
from inference.declare import Cancelled
from inference.retrieval.searching import Found, Query, SearchEngine, Searcher, SearchOptions

if TYPE_CHECKING:
    from inference.retrieval.tantivy_index import TextIndex


class EmbeddedSearcher:
    def __init__(self, index: "TextIndex", excerpt_characters: int) -> None:
        self.index, self.excerpt_characters, self.record = index, excerpt_characters, index.record

    def search(self, queries: Sequence[Query], limit: int, cancelled: Cancelled) -> list[Found | Failure]:
        return [Found(self.index.search(query.text, limit, self.excerpt_characters)) for query in queries]


def open_embedded(options: SearchOptions, model_dir: Path) -> Searcher:
    from inference.retrieval.tantivy_index import open_index

    return EmbeddedSearcher(open_index(options.corpus or "", model_dir), options.excerpt_characters)


search_engine = SearchEngine(name="tantivy", open=open_embedded, needs=frozenset({"corpus"}))
