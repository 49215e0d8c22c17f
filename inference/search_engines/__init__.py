"""Ways to search for texts: every file here that defines `search_engine` is one. Nothing to register."""

from functools import cache

from inference.registry import scan
from inference.retrieval.searching import SearchEngine


@cache
def search_engines() -> dict[str, SearchEngine]:
    return {found.name: found for found in scan("inference.search_engines", "search_engine", SearchEngine)}
