"""Results by content hash: the same model, asked the same thing, is asked once. Failures are never kept."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from inference.contracts import Failure, ResultStore
from inference.declare import Cancelled, Model, Request, Result

FORMAT = 1  # of a kept result; part of the key, so that results of another shape are not found


class CachedModel:
    """A model with a memory, see `inference.declare.Model`. Equal requests of one call are asked once, too.

    The model is asked for `batch_size` answers at a time, which are kept before it is asked for more: a worker that is
    lost in a long call loses one batch.
    """

    def __init__(self, model: Model, store: ResultStore, batch_size: int = 16) -> None:
        self.model = model
        self.store = store
        self.batch_size = batch_size
        self.reads_images = model.reads_images

    def count_tokens(self, text: str) -> int:
        return self.model.count_tokens(text)

    def describe(self) -> Mapping[str, Any]:
        return self.model.describe()

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        started, record = time.perf_counter(), self.model.describe()
        keys = [key_of(record, request) for request in requests]
        kept = self.kept(keys)
        look_up_ms = round((time.perf_counter() - started) * 1000 / max(len(requests), 1))
        asked = {key: place for place, key in reversed(list(enumerate(keys))) if key not in kept}.values()
        answers: dict[int, Result | Failure] = {}
        for places in self.batches(requests, sorted(asked)):
            answers |= zip(places, self.model.generate([requests[place] for place in places], cancelled), strict=True)
            self.keep({keys[place]: answers[place] for place in places})
        known = kept | {keys[place]: answer for place, answer in answers.items()}
        return [answers.get(place) or recalled(known[key], look_up_ms) for place, key in enumerate(keys)]

    def batches(self, requests: Sequence[Request], places: Sequence[int]) -> Iterator[list[int]]:
        """Alike ones together, so that local models pad little; each batch in the order it was asked."""
        ordered = sorted(places, key=lambda place: (len(requests[place].images), -len(requests[place].user)))
        for first in range(0, len(ordered), self.batch_size):
            yield sorted(ordered[first : first + self.batch_size])

    def kept(self, keys: Sequence[str]) -> dict[str, Result | Failure]:
        found = {key: result_of(value) for key, value in self.store.get(sorted({*keys})).items()}
        return {key: result for key, result in found.items() if result is not None}

    def keep(self, answers: Mapping[str, Result | Failure]) -> None:
        results = {key: asdict(answer) for key, answer in answers.items() if isinstance(answer, Result)}
        if results:
            self.store.put(results)


def recalled(answer: Result | Failure, look_up_ms: int) -> Result | Failure:
    return replace(answer, cached=True, latency_ms=look_up_ms) if isinstance(answer, Result) else answer


def result_of(value: Mapping[str, Any]) -> Result | None:
    try:
        return Result(**value)
    except TypeError:
        return None


def key_of(record: Mapping[str, Any], request: Request) -> str:
    """SHA-256 (hex) of what decides the text: the model's record, prompts, the pictures' bytes, the sampling and, where
    chance plays a part, the seed.
    """
    sampling = request.sampling
    asked = {
        "format": FORMAT,
        "model": record,
        "system": request.system,
        "user": request.user,
        "images": [picture_hash(path) for path in request.images],
        "sampling": sampling.model_dump(mode="json"),
        "seed": request.seed if sampling.temperature > 0 else None,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest()


def picture_hash(path: Path) -> str:
    """Of the file's bytes; a file that can't be read is told from all others, and the model says what is wrong."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return f"unreadable {path}"
