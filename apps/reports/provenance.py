"""Which code and libraries make the numbers."""

import platform
import shutil
import subprocess
import tomllib
from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy

from apps.reports.domain.numbers import Method

ROOT = Path(__file__).resolve().parents[2]
CONFIDENCE = 0.95


def method_in_use() -> Method:
    return Method(
        confidence=CONFIDENCE,
        generalise_over="tasks+assessors",
        code_version=code_version(),
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
    )


@lru_cache
def code_version() -> str:
    """The package's version, and the commit where the code runs from a clone: `0.1.0+8db560f`, `…-dirty` if edited."""
    commit = _commit()
    return f"{_package_version()}+{commit}" if commit else _package_version()


def _package_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _commit() -> str:
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        return ""
    command = [git, "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603  fixed words
    return done.stdout.strip() if done.returncode == 0 else ""
