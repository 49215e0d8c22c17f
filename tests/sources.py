"""Our own source files, for the tests that read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("apps", "inference", "sbs_platform", "tests", "perf")


def python_files() -> list[Path]:
    """Every Python file of ours but migrations, relative to the project."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    return [path.relative_to(ROOT) for path in sorted([*found, ROOT / "conftest.py"])]


def templates() -> list[Path]:
    return [path.relative_to(ROOT) for path in sorted((ROOT / "templates").rglob("*")) if path.is_file()]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and its length in lines, decorators left out."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
