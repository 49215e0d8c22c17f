"""What a report knows beside the judgments themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


@dataclass(frozen=True)
class Beside:
    """`words` of answers A and B by task key; task keys with a leak that was masked or accepted; assessors who are
    paused or banned; gold comparisons (right, all) by assessor; `traffic`: how much each cluster counts in use."""

    words: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    leaked: frozenset[str] = frozenset()
    stopped: frozenset[UUID] = frozenset()
    gold: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    traffic: Mapping[str, float] = field(default_factory=dict)
