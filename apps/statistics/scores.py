"""A verdict as a number: 1 when A won, 0 when B won, one half when neither did."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

VERDICTS = ("a_much", "a", "tie", "both_bad", "b", "b_much")
SCORES: Mapping[str, float] = {"a_much": 1.0, "a": 1.0, "tie": 0.5, "both_bad": 0.5, "b": 0.0, "b_much": 0.0}


def score_verdicts(verdicts: Sequence[str]) -> NDArray[np.float64]:
    """The ties-half score of A for each verdict, shape (n,); ties and "both bad" count one half.

    The mean of these is P(A) + P(tie)/2, the "win odds" estimand (Brunner et al. 2021, Dong et al. 2020).
    Raises ValueError naming the first verdict that is not one of VERDICTS: an unknown word must not become a tie.
    """
    unknown = next((verdict for verdict in verdicts if verdict not in SCORES), None)
    if unknown is not None:
        raise ValueError(f"unknown verdict {unknown!r}; known: {', '.join(VERDICTS)}")
    return np.array([SCORES[verdict] for verdict in verdicts], dtype=np.float64)
