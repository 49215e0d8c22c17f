"""Engines that read text in pictures."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from PIL import Image

LANGUAGES = "rus+eng"
TIMEOUT_SECONDS = 60
SMALL_PIXELS = 1500
ENGLISH_ONLY = (
    "Only English was read: RapidOCR knows no Cyrillic. Install tesseract-ocr and tesseract-ocr-rus on the worker's "
    "machine to read Russian too."
)
SPARSE_TEXT = "11"  # page layouts lose the prices of menus and the cells of tables


@dataclass(frozen=True)
class Reader:
    """`read(picture, min_confidence)` gives the lines of text; `record` says who read, `note` what could not be."""

    record: Mapping[str, Any]
    read: Callable[[Image.Image, int], str]
    threads: int
    note: str = ""


@dataclass(frozen=True)
class Word:
    """Where it stands, in pixels of the picture that was read."""

    text: str
    left: int
    top: int
    bottom: int

    def is_beside(self, other: Word) -> bool:
        """Whether their heights overlap by more than half of the lower one; “p” hangs lower than “2”."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return shared * 2 > min(self.bottom - self.top, other.bottom - other.top)


@cache
def best_reader() -> Reader:
    return tesseract_reader() if has_tesseract() else rapid_reader()


@cache
def has_tesseract() -> bool:
    """With both languages; else only English is read."""
    if shutil.which("tesseract") is None:
        return False
    try:
        listed = set(tesseract("--list-langs").decode().split())
    except (OSError, subprocess.SubprocessError):  # it is there, but broken
        return False
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
    return Reader(record, read_with_tesseract, threads=usable_processors())


def usable_processors() -> int:
    """Those that this process may use, where the system tells (Linux); all of the machine's elsewhere (macOS)."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def read_with_tesseract(picture: Image.Image, min_confidence: int) -> str:
    buffer = io.BytesIO()
    enlarged(picture).save(buffer, "PNG")
    arguments = ("stdin", "stdout", "-l", LANGUAGES, "--psm", SPARSE_TEXT, "tsv")
    table = tesseract(*arguments, stdin=buffer.getvalue()).decode("utf-8", "replace")
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    return in_lines(word_of(row) for row in rows if float(row["conf"]) >= min_confidence and has_sign(row["text"]))


def enlarged(picture: Image.Image) -> Image.Image:
    """Small letters are misread (“раде” for “page”): a picture below 1,500 pixels is read at twice its size."""
    if max(picture.size) >= SMALL_PIXELS:
        return picture
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)


def has_sign(text: str | None) -> bool:
    """Specks and rules of a table come out as bars and dashes."""
    return any(sign.isalnum() for sign in text or "")


def word_of(row: Mapping[str, str]) -> Word:
    top = int(row["top"])
    return Word(row["text"].strip(), int(row["left"]), top, top + int(row["height"]))


def in_lines(words: Iterable[Word]) -> str:
    """A line that is a single letter is a speck of a photograph."""
    texts = [" ".join(word.text for word in line) for line in lines_of(words)]
    return "\n".join(text for text in texts if len(text) > 1 or text.isdigit())


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words at one height are a line, whatever lies between them: a dish and its price stay together."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda found: found.top + found.bottom):
        if lines and any(word.is_beside(other) for other in lines[-1]):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda found: found.left) for line in lines]


def rapid_reader() -> Reader:
    """Its bundled weights give nothing for Cyrillic; by default it would blow a strip of text up to 4,600 pixels."""
    from rapidocr import RapidOCR

    read = RapidOCR(params={"Det.limit_type": "max", "Det.limit_side_len": 960, "Global.log_level": "error"})

    def read_with_rapid(picture: Image.Image, min_confidence: int) -> str:
        import numpy as np

        found: Any = read(np.asarray(picture)[:, :, ::-1])
        parts = zip(found.boxes, found.txts, found.scores, strict=True) if found.txts else ()
        return in_lines(boxed(text, box) for box, text, score in parts if score * 100 >= min_confidence)

    record = {"engine": "rapidocr", "version": metadata.version("rapidocr"), "languages": "eng"}
    return Reader(record, read_with_rapid, threads=1, note=ENGLISH_ONLY)


def boxed(text: str, box: Any) -> Word:
    """From four corners as (x, y)."""
    (left, top), (_, bottom) = box.min(axis=0), box.max(axis=0)
    return Word(text, int(left), int(top), int(bottom))
