"""Two yes-or-no measurements of the same items: does one say yes more often?"""

from dataclasses import dataclass

from scipy import special

from apps.statistics.preference import sign_test


@dataclass(frozen=True)
class McNemar:
    """`chi2` on one degree of freedom; None where the two never differ."""

    chi2: float | None
    p: float | None
    exact_p: float


def mcnemar(only_first: int, only_second: int) -> McNemar:
    """(b - c)²/(b + c) without continuity correction, McNemar 1947; `exact_p` is binomial. Items are independent.

    For judgments that share assessors see the clustered difference of the two shares, `clustered.signed_mean`.
    """
    differing, exact = only_first + only_second, sign_test(only_first, only_second)
    if not differing:
        return McNemar(None, None, exact)
    chi2 = (only_first - only_second) ** 2 / differing
    return McNemar(chi2, float(special.chdtrc(1, chi2)), exact)
