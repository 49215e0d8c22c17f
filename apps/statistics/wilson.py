"""Intervals for one proportion."""

import math


def wilson(share: float, n: float, quantile: float) -> tuple[float, float]:
    """Wilson's score interval for an observed `share` of `n` trials; `n` may be an effective, fractional size.

    (p + q²/2n ± q·sqrt(p(1-p)/n + q²/4n²)) / (1 + q²/n)      Wilson 1927; Newcombe 1998, method 3.
    `quantile` is the two-sided normal or t quantile, e.g. 1.96. Never leaves [0, 1]. Raises ValueError for n <= 0 or
    a share outside [0, 1].
    """
    if not (n > 0 and 0 <= share <= 1):
        raise ValueError(f"wilson needs n > 0 and a share in [0, 1], got n={n}, share={share}")
    squared = quantile * quantile
    centre = share + squared / (2 * n)
    half = quantile * math.sqrt(share * (1 - share) / n + squared / (4 * n * n))
    scale = 1 + squared / n
    return max(0.0, min(share, (centre - half) / scale)), min(1.0, max(share, (centre + half) / scale))
