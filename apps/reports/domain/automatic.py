"""Automatic judges in a report: beside people's numbers, and in none of them."""

from __future__ import annotations

from dataclasses import dataclass

from apps.statistics.clustered import Estimate  # pydantic reads it at run time


@dataclass(frozen=True)
class AutomaticNumbers:
    """One automatic judge when the report was frozen. `kind`: reference or model; `definition`: its protocol, or the
    hash of its revision with the version of its prompt.

    `win_rate` is over the `judged` comparisons; `shared_win_rate` and people's over the `shared` ones that people
    judged too; `with_one`: how often it says the same as one assessor. `flips` of `both` comparisons said A in one
    order and B in the other; None for a judge without orders. `first` and `longer`: wins of the answer read first, and
    of the longer one, among all wins.
    """

    judge: str
    kind: str
    definition: str
    judged: int
    shared: int
    win_rate: Estimate
    shared_win_rate: Estimate
    people_win_rate: Estimate
    with_one: Estimate
    first: Estimate
    longer: Estimate
    flips: int | None = None
    both: int | None = None
