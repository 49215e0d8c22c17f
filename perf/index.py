"""How fast does `manage.py build_index` read, check and index documents and pictures? SQLite's FTS5 stands beside it.

Documents are made of invented words, half English and half Russian in their letters, about 330 characters each. The
command runs as a process of its own, so that starting Python and Django is counted. FTS5 does less: it knows no Russian
endings and checks nothing. Run: `python -m perf.index [--documents 100000]`; the table goes to `perf/results.md`.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from perf.table import write_section

ROOT = Path(__file__).resolve().parent.parent
LETTERS = ("abcdefghiklmnoprstuvwy", "абвгдежзиклмнопрстуфя")
LIMIT_SECONDS = 60


def words(alphabet: str, chance: random.Random, count: int = 20_000) -> list[str]:
    return ["".join(chance.choices(alphabet, k=chance.randint(3, 10))) for _ in range(count)]


def documents(count: int) -> Iterator[dict[str, str]]:
    chance = random.Random(1)
    vocabularies = [words(letters, chance) for letters in LETTERS]
    weights = [1 / (rank + 10) for rank in range(20_000)]
    for number in range(count):
        drawn = chance.choices(vocabularies[number % 2], weights, k=48)
        yield {"id": str(number), "title": " ".join(drawn[:4]), "text": " ".join(drawn[4:]) + ".", "source": "perf"}


def write_documents(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in documents(count):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_pictures(folder: Path, count: int) -> Path:
    """Noise of 320 × 240 pixels, as JPEG: no easier to decode than photographs."""
    chance, table = np.random.default_rng(1), folder / "pictures.jsonl"
    with table.open("w", encoding="utf-8") as file:
        for number in range(count):
            small = Image.fromarray(chance.integers(0, 255, (24, 32, 3), dtype=np.uint8))
            small.resize((320, 240), Image.Resampling.BICUBIC).save(folder / f"{number}.jpg", quality=85)
            row = {"id": str(number), "title": "t", "description": "d", "tags": ["a"], "source": "perf"}
            file.write(json.dumps({**row, "picture": f"{number}.jpg"}) + "\n")
    return table


def command(folder: Path, *arguments: str) -> float:
    """Seconds of wall clock of `manage.py build_index`, which raises when it fails."""
    environment = {**os.environ, "MODEL_DIR": str(folder / "models")}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "build_index", *arguments], check=True, env=environment, cwd=ROOT
    )
    return time.perf_counter() - started


def fts5(source: Path, target: Path) -> float:
    started = time.perf_counter()
    with sqlite3.connect(target) as database, source.open(encoding="utf-8") as file:
        database.execute("CREATE VIRTUAL TABLE docs USING fts5(id, title, text, source, tokenize='porter unicode61')")
        rows = (tuple(json.loads(line).values()) for line in file)
        database.executemany("INSERT INTO docs VALUES (?, ?, ?, ?)", rows)
    return time.perf_counter() - started


def size_mb(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--pictures", type=int, default=2_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_documents(folder / "docs.jsonl", asked.documents)
        ours = command(folder, "text", "perf", str(folder / "docs.jsonl"))
        size = size_mb(folder / "models" / "indexes")
        peer = fts5(folder / "docs.jsonl", folder / "fts5.sqlite")
        peer_size = (folder / "fts5.sqlite").stat().st_size / 1e6
        pictures = command(folder, "pictures", "perf", str(write_pictures(folder, asked.pictures)))
    many, few = f"{asked.documents:,} documents", f"{asked.pictures:,} pictures"
    write_section(
        "Building indexes",
        f"`python -m perf.index`, {os.cpu_count()} processors; the target is 100,000 documents in {LIMIT_SECONDS} s.",
        ["what", "seconds", "per second", "index"],
        [
            [
                f"{many}: `build_index text` (tantivy, checked)",
                f"{ours:.1f}",
                f"{asked.documents / ours:,.0f}",
                f"{size:.0f} MB",
            ],
            [f"{many}: SQLite FTS5, unchecked", f"{peer:.1f}", f"{asked.documents / peer:,.0f}", f"{peer_size:.0f} MB"],
            [
                f"{few}: `build_index pictures` (our descriptor)",
                f"{pictures:.1f}",
                f"{asked.pictures / pictures:,.0f}",
                "–",
            ],
        ],
    )


if __name__ == "__main__":
    main()
