import numpy as np
import pytest

from apps.statistics.gates import cell_gate, verdict_gate
from apps.statistics.heterogeneity import cochran_q, shrink
from apps.statistics.scores import VERDICTS, score_verdicts
from apps.statistics.undefined import Reason


def test_each_verdict_has_its_score() -> None:
    assert score_verdicts(VERDICTS).tolist() == [1, 1, 0.5, 0.5, 0, 0]


def test_an_unknown_verdict_is_no_tie() -> None:
    with pytest.raises(ValueError, match="'draw'"):
        score_verdicts(["a", "draw"])


def test_a_verdict_needs_30_tasks_and_5_assessors() -> None:
    assert verdict_gate(30, 5).passed
    assert (verdict_gate(29, 5).tasks_missing, verdict_gate(30, 3).assessors_missing) == (1, 2)
    assert not verdict_gate(29, 5).passed
    assert not verdict_gate(30, 4).passed


def test_a_cell_needs_20_tasks_and_5_assessors() -> None:
    assert cell_gate(20, 5).passed
    assert not cell_gate(19, 5).passed


def test_cochran_q_by_hand() -> None:
    result = cochran_q([0.4, 0.6, 0.9], [0.01, 0.01, 0])  # mean .5, Q = .01/.01 + .01/.01
    assert result.q == pytest.approx(2)
    assert (result.degrees_of_freedom, result.groups) == (1, 2)
    assert result.p == pytest.approx(0.157299, abs=1e-6)
    assert result.i_squared == pytest.approx(0.5)


def test_equal_groups_are_homogeneous_and_one_group_is_none() -> None:
    assert cochran_q([0.5, 0.5], [0.01, 0.02]).i_squared == 0
    assert cochran_q([0.5], [0.01]).undefined is Reason.TOO_FEW_GROUPS


def test_rounding_is_no_precision_and_no_number_no_group() -> None:
    for broken in ([np.nan, 0.1], [1.0, 1e-33]):
        result = cochran_q([broken[0], 0.4, 0.6], [broken[1], 0.01, 0.01])
        assert result.q == pytest.approx(2)
        assert result.groups == 2
        assert np.isnan(shrink([broken[0], 0.4, 0.6], [broken[1], 0.01, 0.01])[0])


def test_small_groups_are_drawn_towards_the_rest() -> None:
    """By hand: w = 100, 100, 1, so Q = 2.2487, τ² = .2487/101.492 = .00245; centre .50307."""
    assert shrink([0.4, 0.6, 1.0], [0.01, 0.01, 1.0]) == pytest.approx([0.48279, 0.52214, 0.50429], abs=1e-4)
    assert shrink([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.5, 0.5])
    assert np.isnan(shrink([0.5, 0.6], [0.1, 0.0])[1])
    assert shrink([0.7], [0.1]) == pytest.approx([0.7])
