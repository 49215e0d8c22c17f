"""Which part of [0, 1) belongs to which arm, as GrowthBook lays it out."""

import math
from collections.abc import Sequence
from itertools import accumulate

Range = tuple[float, float]
WEIGHT_TOLERANCE = 0.01  # GrowthBook's: three thirds may be written 0.33 each


def bucket_ranges(coverage: float, weights: Sequence[float]) -> list[Range]:
    """Each arm gets the first `coverage` of its own stretch, so that more coverage moves nobody to another arm.

    Raises ValueError unless 0 < coverage <= 1, weights are positive and add up to 1.
    """
    if not 0 < coverage <= 1:
        raise ValueError(f"coverage {coverage} is not within 0..1")
    if not weights_are_shares(weights):
        raise ValueError(f"weights {weights} are not positive shares of 1")
    starts = accumulate(weights, initial=0.0)  # adds in GrowthBook's order, so the last bit agrees too
    return [(start, start + coverage * weight) for start, weight in zip(starts, weights, strict=False)]


def weights_are_shares(weights: Sequence[float]) -> bool:
    total = sum(weights)
    return all(weight > 0 for weight in weights) and math.isclose(total, 1, rel_tol=0, abs_tol=WEIGHT_TOLERANCE)


def arm_at(place: float, ranges: Sequence[Range]) -> int | None:
    """The index of the arm that `place` falls to, None outside of all."""
    return next((arm for arm, (start, end) in enumerate(ranges) if start <= place < end), None)
