"""Student's t: how many standard errors an interval reaches, and the p-value of a two-sided test."""

from scipy import special


def quantile(df: float, confidence: float) -> float:
    """Of the two-sided interval: 1.96 for many degrees of freedom at .95."""
    return float(special.stdtrit(df, (1 + confidence) / 2))


def two_sided(statistic: float, df: float) -> float:
    """p of a `statistic` whose sign does not matter."""
    return min(1.0, 2 * float(special.stdtr(df, -abs(statistic))))
