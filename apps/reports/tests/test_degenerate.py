"""Whatever was judged, a report has numbers or reasons: no warning of numpy's, nothing that is not finite."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from apps.reports.domain.beside import Beside
from apps.reports.domain.build import build_numbers
from apps.reports.domain.frozen import from_json, to_json
from apps.reports.tests.makers import METHOD, Row, make_facts, make_rows
from apps.statistics.undefined import Reason

ROWS = make_rows(tasks=24, panel=5)
CASES: dict[str, list[Row]] = {
    "nothing": [],
    "one judgment": ROWS[:1],
    "one task": ROWS[:3],
    "one assessor": [row for row in ROWS if row.assessor_id == ROWS[0].assessor_id],
    "all ties": [replace(row, verdict="tie") for row in ROWS],
    "all wins": [replace(row, verdict="a") for row in ROWS],
    "no ratings": [replace(row, ratings={}) for row in ROWS],
    "one side": [replace(row, a_on_left=True) for row in ROWS],
    "a cluster each": [replace(row, cluster=row.task_key) for row in ROWS],
    "assessors who cancel out": [replace(row, verdict="ab"[place % 2]) for place, row in enumerate(ROWS)],
    "everything twice": ROWS + ROWS,
}


@pytest.mark.parametrize("name", CASES)
def test_numbers_or_reasons(name: str) -> None:
    beside = Beside(words={"t000": (0, 0), "t001": (9, 9), "t002": (20, 7)}, traffic={"menus": 1.0, "nobody's": 2.0})
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        data = to_json(build_numbers(CASES[name], make_facts(), METHOD, beside))
    assert all(math.isfinite(number) for number in _floats(data))
    assert to_json(from_json(data)) == data


def test_sides_that_never_changed_are_no_bias() -> None:
    """As in judgments from elsewhere, whose sides nobody kept: the left wins as often as A does."""
    position = build_numbers(CASES["one side"], make_facts(), METHOD).position
    assert (position.left_share.value, position.left_share.undefined) == (None, Reason.ONE_SIDE)
    assert position.tested_p is None


def _floats(data: Any) -> list[float]:
    if isinstance(data, float):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, (list, tuple)) else ()
    return [number for part in parts for number in _floats(part)]
