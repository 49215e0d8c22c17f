"""Values: Holm by hand; the fifteen p-values of Benjamini & Hochberg 1995, section 4, adjusted as by R's p.adjust."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.statistics.multiplicity import benjamini_hochberg, holm

BH_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.9, 0.5]), [1.0, 1.0])


def test_benjamini_and_hochberg_reject_four_and_bonferroni_three() -> None:
    assert (benjamini_hochberg(BH_1995) <= 0.05).sum() == 4
    assert (holm(BH_1995) <= 0.05).sum() == 3
    np.testing.assert_allclose(benjamini_hochberg(BH_1995)[:4], [0.0015, 0.003, 0.0095, 0.035625])


def test_no_hypotheses_no_p_values() -> None:
    assert holm([]).shape == benjamini_hochberg([]).shape == (0,)


def test_numbers_that_are_no_p_values_are_refused() -> None:
    for adjust in (holm, benjamini_hochberg):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            adjust([0.5, np.nan])


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusting_keeps_the_order_and_never_lowers(p_values: list[float]) -> None:
    for adjusted in (holm(p_values), benjamini_hochberg(p_values)):
        assert (adjusted >= np.array(p_values) * (1 - 1e-12)).all()
        assert (np.diff(adjusted[np.argsort(p_values, kind="stable")]) >= -1e-12).all()
    assert (holm(p_values) >= benjamini_hochberg(p_values) - 1e-12).all()
