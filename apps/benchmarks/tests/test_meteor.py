"""METEOR of counts that meteor-1.5.jar gave for nlg-eval's two sentences, whose scores its test publishes (MIT)."""

import numpy as np
import pytest

from apps.benchmarks.domain.meteor import meteor

ONE = [10, 7, 4, 4, 1, 1, 2, 2, *[0] * 12, 2, 3, 3]
TWO = [10, 13, 6, 7, 4, 4, 4, 4, *[0] * 10, 2, 1, 2, 10, 9]
SAME = [3, 3, 1, 1, 2, 2, 1, 1, *[0] * 12, 1, 3, 3]


def test_meteor_of_many_captions_is_that_of_their_counts_and_no_mean() -> None:
    counts = np.array([ONE, TWO, SAME, [0] * 23], dtype=float)
    assert meteor(counts) == pytest.approx([0.1556568826170604, 0.39012536521249613, 1.0, 0.0], abs=1e-12)
    assert meteor(counts[:2].sum(axis=0, keepdims=True)) == pytest.approx([0.2957971080379661], abs=1e-12)
