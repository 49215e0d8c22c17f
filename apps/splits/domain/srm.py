"""Sample ratio mismatch: do the arms hold the shares they were given? If not, no result of the split can be trusted."""

from collections.abc import Sequence

from scipy import special

SRM_ALARM = 0.001  # Fabijan et al. 2019: strict, since the check is looked at again and again
_LEAST_EXPECTED = 5


def srm_p_value(counts: Sequence[int], weights: Sequence[float]) -> float | None:
    """Pearson's chi-square over arms; None while an arm expects fewer than five, where it says nothing."""
    total, whole = sum(counts), sum(weights)
    expected = [total * weight / whole for weight in weights]
    if min(expected) < _LEAST_EXPECTED:
        return None
    statistic = sum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    return float(special.chdtrc(len(counts) - 1, statistic))
