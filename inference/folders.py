"""Folders that are there whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """A folder beside `target`, hidden, gone at the end whatever happens."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.stem}-", dir=target.parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def put_in_place(draft: Path, target: Path) -> Path:
    """A folder can't replace one that holds something, so the old one steps aside first: between the two renames there
    is none, and a process that ends right there leaves the old one as `.<name>-…-old`.
    """
    old = draft.with_name(f"{draft.name}-old")
    if target.exists():
        target.rename(old)
    draft.chmod(0o755)
    for path in draft.iterdir():
        if path.is_file():
            path.chmod(0o644)  # safetensors writes files for their owner alone
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target
