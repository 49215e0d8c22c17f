"""Numbers as stored JSON and back, and the hash over them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import TypeAdapter

from apps.reports.domain.numbers import VERSION, Numbers
from apps.reports.domain.ranking import Ranking

_ADAPTER, _RANKING = TypeAdapter(Numbers), TypeAdapter(Ranking)


def to_json(numbers: Numbers | Ranking) -> dict[str, Any]:
    """Plain JSON values: no NaN, no negative zero (PostgreSQL would turn it into 0 and break the hash)."""
    dumped = _RANKING.dump_json(numbers) if isinstance(numbers, Ranking) else _ADAPTER.dump_json(numbers)
    result: dict[str, Any] = json.loads(dumped, parse_float=lambda text: float(text) + 0.0)
    return result


def from_json(data: dict[str, Any]) -> Numbers:
    """Raises pydantic's ValidationError for data of a shape that is not known."""
    # Version 2 lacks what `Facts` has defaults for.
    return _ADAPTER.validate_python(data if data.get("version", VERSION) > 1 else _without_claims_of_1(data))


def is_ranking(data: dict[str, Any]) -> bool:
    return data.get("kind") == "ranking"


def ranking_from_json(data: dict[str, Any]) -> Ranking:
    """Raises as `from_json` does."""
    return _RANKING.validate_python(data)


def _without_claims_of_1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 without its design effects (N/n_eff) and without a verdict where judging still went on."""

    def mended(part: dict[str, Any]) -> dict[str, Any]:
        return {**part, "design_effect": None} if "design_effect" in part else part

    result: dict[str, Any] = json.loads(json.dumps(data), object_hook=mended)
    if result["facts"]["evaluation_state"] == "open" and result["verdict"]["reading"] in ("a", "b", "undecided"):
        result["verdict"]["reading"] = "interim"
    return result


def json_schema(*, ranking: bool = False) -> dict[str, Any]:
    """The shape of the numbers as JSON Schema; published as docs/report.schema.json and docs/ranking.schema.json."""
    shape = _RANKING.json_schema() if ranking else _ADAPTER.json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape}


def canonical(data: dict[str, Any]) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8, floats by shortest repr."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()
