"""The columns a table may have, and what was probably meant by one it may not."""

import difflib
from collections.abc import Iterable

REQUIRED = ("key", "instruction", "language", "cluster")
KNOWN = (*REQUIRED, "images", "references", "alt")
_ALIASES = {
    "image": "images", "reference": "references", "alts": "alt", "id": "key", "question": "instruction",
    "prompt": "instruction", "lang": "language", "category": "cluster", "skill": "cluster", "answer": "references",
    "answers": "references", "picture": "images", "pictures": "images",
}  # fmt: skip
_ACCEPTED_ALIASES = frozenset({"image", "reference", "alts"})


def canonical_column(name: str) -> str | None:
    """`Image ` -> `images`; None for a column we don't know."""
    plain = name.strip().lower()
    if plain in KNOWN:
        return plain
    return _ALIASES[plain] if plain in _ACCEPTED_ALIASES else None


def suggested_column(name: str) -> str | None:
    """The known column that `name` most likely stands for, if any is near."""
    plain = name.strip().lower()
    if plain in _ALIASES:
        return _ALIASES[plain]
    near = difflib.get_close_matches(plain, KNOWN, n=1, cutoff=0.6)
    return near[0] if near else None


def missing_columns(found: Iterable[str]) -> list[str]:
    present = set(found)
    return [name for name in REQUIRED if name not in present]
