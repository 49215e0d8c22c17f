"""Engines that read text in pictures."""

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import groupby
from typing import Any

from PIL import Image

LANGUAGES = "rus+eng"
TIMEOUT_SECONDS = 60
SMALL_PIXELS = 1500


@dataclass(frozen=True)
class Reader:
    """`read(picture, min_confidence)` gives the lines of text; `record` says for the trace who read."""

    record: Mapping[str, Any]
    read: Callable[[Image.Image, int], str]
    threads: int


@cache
def best_reader() -> Reader:
    return tesseract_reader() if has_tesseract() else rapid_reader()


def has_tesseract() -> bool:
    if shutil.which("tesseract") is None:
        return False
    listed = set(tesseract("--list-langs").decode().split())
    return set(LANGUAGES.split("+")) <= listed


def tesseract(*arguments: str, stdin: bytes = b"") -> bytes:
    """One thread per call (`OMP_THREAD_LIMIT`), for the caller runs several at once. Raises TimeoutError."""
    command = ["tesseract", *arguments]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - fixed program and arguments, the picture goes by stdin
            command, input=stdin, capture_output=True, check=True, timeout=TIMEOUT_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"tesseract was not done after {TIMEOUT_SECONDS} s") from error
    return done.stdout


def tesseract_reader() -> Reader:
    version = tesseract("--version").decode().split()[1]
    record = {"engine": "tesseract", "version": version, "languages": LANGUAGES}
    return Reader(record, read_with_tesseract, threads=max(1, len(os.sched_getaffinity(0))))


def read_with_tesseract(picture: Image.Image, min_confidence: int) -> str:
    buffer = io.BytesIO()
    enlarged(picture).save(buffer, "PNG")
    table = tesseract("stdin", "stdout", "-l", LANGUAGES, "tsv", stdin=buffer.getvalue()).decode("utf-8", "replace")
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    return "\n".join(confident_lines(rows, min_confidence))


def enlarged(picture: Image.Image) -> Image.Image:
    """Small letters are misread (“раде” for “page”): a picture below 1,500 pixels is read at twice its size."""
    if max(picture.size) >= SMALL_PIXELS:
        return picture
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)


def confident_lines(rows: Iterable[Mapping[str, str]], min_confidence: int) -> Iterable[str]:
    words = [row for row in rows if (row["text"] or "").strip() and float(row["conf"]) >= min_confidence]
    for _, line in groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"])):
        yield " ".join(row["text"].strip() for row in line)


def rapid_reader() -> Reader:
    """Its bundled weights give nothing for Cyrillic; by default it would blow a strip of text up to 4,600 pixels."""
    from rapidocr import RapidOCR

    read = RapidOCR(params={"Det.limit_type": "max", "Det.limit_side_len": 960, "Global.log_level": "error"})

    def read_with_rapid(picture: Image.Image, min_confidence: int) -> str:
        import numpy as np

        found: Any = read(np.asarray(picture)[:, :, ::-1])
        scored = zip(found.txts or (), found.scores or (), strict=True)
        return "\n".join(text for text, score in scored if score * 100 >= min_confidence)

    record = {"engine": "rapidocr", "version": metadata.version("rapidocr"), "languages": "eng"}
    return Reader(record, read_with_rapid, threads=1)
