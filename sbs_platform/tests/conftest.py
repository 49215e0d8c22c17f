from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def passable_path() -> Iterator[Path]:
    """A folder where root's stand-in may pass: pytest closes its own temporary folders again whenever a run starts."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=settings.VAR_DIR))
    yield folder
    shutil.rmtree(folder)
