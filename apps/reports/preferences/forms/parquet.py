"""One Parquet file with the pictures inside, as the Image feature of `datasets` reads them; the manifest is in its
metadata under `manifest`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.reports.preferences.forms import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow

    from apps.reports.preferences.rows import Export, Row

name, suffix, media_type, label = "parquet", ".parquet", "application/vnd.apache.parquet", "Parquet"
AT_ONCE = 50  # rows in memory, which is a row group of the file
TEXTS = (
    "evaluation", "comparison", "task", "language", "cluster", "chosen_side", "chosen_revision_sha256",
    "rejected_revision_sha256", "report_sha256",
)  # fmt: skip
COUNTS = ("judgments", "votes_chosen", "votes_much", "votes_rejected", "votes_tie", "votes_both_bad")


def render(export: Export) -> Iterator[bytes]:
    from pyarrow import Table, parquet

    sink, made = Sink(), schema(export.manifest)
    waiting: list[dict[str, Any]] = []
    with parquet.ParquetWriter(sink, made) as writer:
        for row in export.rows():
            waiting.append(written(row))
            if len(waiting) == AT_ONCE:
                writer.write_table(Table.from_pylist(waiting, made))
                waiting = []
                yield sink.take()
        writer.write_table(Table.from_pylist(waiting, made))
    yield sink.take()


def written(row: Row) -> dict[str, Any]:
    return row.values | {"images": [{"bytes": picture.read(), "path": picture.name} for picture in row.pictures]}


def schema(manifest: dict[str, Any]) -> pyarrow.Schema:
    import pyarrow as arrow

    text, count = arrow.string(), arrow.int64()
    part = arrow.struct([("type", text), ("text", text)])
    messages = arrow.list_(arrow.struct([("role", text), ("content", arrow.list_(part))]))
    criterion = arrow.struct([("key", text), ("ratings", count), ("toward_chosen", arrow.float64())])
    facts = [(key, text) for key in TEXTS] + [(key, count) for key in COUNTS] + [("criteria", arrow.list_(criterion))]
    made = arrow.schema(
        [
            ("prompt", messages),
            ("chosen", messages),
            ("rejected", messages),
            ("images", arrow.list_(arrow.struct([("bytes", arrow.binary()), ("path", text)]))),
            ("provenance", arrow.struct(facts)),
        ]
    )
    features = {field.name: feature(field.type) for field in made} | {"images": listed({"_type": "Image"})}
    return made.with_metadata(
        {
            "huggingface": json.dumps({"info": {"features": features}}),
            "manifest": json.dumps(manifest, ensure_ascii=False),
        }
    )


def feature(kind: Any) -> dict[str, Any]:
    """As `datasets` writes its features down (`Features.to_dict`)."""
    import pyarrow as arrow

    if arrow.types.is_list(kind):
        return listed(feature(kind.value_type))
    if arrow.types.is_struct(kind):
        return {field.name: feature(field.type) for field in kind}
    return {"dtype": "float64" if arrow.types.is_float64(kind) else str(kind), "_type": "Value"}


def listed(of: dict[str, Any]) -> dict[str, Any]:
    return {"feature": of, "_type": "List"}
