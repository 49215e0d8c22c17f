"""Every judgment of an evaluation as Parquet, written while it is read: memory does not grow with their number."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.assessment.models import Judgment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.assessment.models import Evaluation

BATCH = 10_000
FIELDS = {
    "assignment__comparison__task__key": "task",
    "assignment__comparison__task__cluster": "cluster",
    "assignment__comparison__task__language": "language",
    "assessor__public_id": "assessor",
    "assessor__simulated": "simulated",
    "verdict": "verdict",
    "a_on_left": "a_on_left",
    "seconds": "seconds",
    "judged_at": "judged_at",
}


def stream_judgments(evaluation: Evaluation) -> Iterator[bytes]:
    """What reports count, in the order in which it was made; `ratings` by criterion as JSON. The same judgments give
    the same bytes."""
    import pyarrow as pa  # a third of a second, and only who takes them pays it
    import pyarrow.parquet as pq

    schema = pa.schema(
        [(name, pa.string()) for name in ("task", "cluster", "language", "assessor")]
        + [("simulated", pa.bool_()), ("verdict", pa.string()), ("a_on_left", pa.bool_()), ("seconds", pa.float64())]
        + [("judged_at", pa.timestamp("us", tz="UTC")), ("ratings", pa.string())]
    )
    out = _Drained()
    with transaction.atomic(), pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in _batches(evaluation):
            writer.write_table(pa.Table.from_pylist(rows, schema))
            yield out.drain()
    yield out.drain()


def _batches(evaluation: Evaluation) -> Iterator[list[dict[str, Any]]]:
    said = Judgment.objects.filter(assignment__evaluation=evaluation).counted().order_by("judged_at", "pk")
    batch: list[dict[str, Any]] = []
    for row in said.values("pk", *FIELDS).iterator(BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield _named(batch)
            batch = []
    if batch:
        yield _named(batch)


def _named(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from apps.assessment.models import Rating

    ratings: dict[int, dict[str, Any]] = {}
    told = Rating.objects.filter(judgment__in=[row["pk"] for row in batch]).order_by("criterion__position")
    for judgment, key, *said in told.values_list("judgment", "criterion__key", "preference", "value_a", "value_b"):
        ratings.setdefault(judgment, {})[key] = dict(zip(("preference", "a", "b"), said, strict=True))
    return [
        {name: row[field] for field, name in FIELDS.items()}
        | {"assessor": str(row["assessor__public_id"]), "ratings": json.dumps(ratings.get(row["pk"], {}))}
        for row in batch
    ]


class _Drained(io.RawIOBase):
    """A file that is written once and emptied as it goes."""

    def __init__(self) -> None:
        self.parts, self.written = [], 0  # type: list[bytes], int

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.written

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        self.written += len(self.parts[-1])
        return len(self.parts[-1])

    def drain(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)
