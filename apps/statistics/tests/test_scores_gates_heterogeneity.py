import pytest

from apps.statistics.gates import cell_gate, verdict_gate
from apps.statistics.heterogeneity import cochran_q
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
