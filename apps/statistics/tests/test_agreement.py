import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.statistics.agreement import Level, count_ratings, gwet_ac1, krippendorff_alpha, raw_agreement
from apps.statistics.kappa import agreement_between, cohen_kappa, fleiss_kappa
from apps.statistics.undefined import Reason

PUBLISHED = json.loads((Path(__file__).parent / "data" / "agreement.json").read_text())
RATINGS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=2, max_size=30)


def published_counts() -> tuple[np.ndarray, np.ndarray]:
    ratings = np.array(PUBLISHED["krippendorff"], dtype=np.float64)
    units = np.broadcast_to(np.arange(ratings.shape[1]), ratings.shape)
    return count_ratings(units.ravel(), ratings.ravel())


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_of_krippendorffs_example(level: Level) -> None:
    found = krippendorff_alpha(*published_counts(), level)
    assert found.value == pytest.approx(PUBLISHED["alpha"][level], abs=1e-6)
    assert (found.low or 0) < (found.value or 0) < (found.high or 0)
    assert (found.units, found.ratings) == (11, 40)


def test_ac1_and_raw_agreement_of_the_same_example() -> None:
    counts, _ = published_counts()
    assert gwet_ac1(counts).value == pytest.approx(PUBLISHED["gwet_ac1"], abs=1e-6)
    assert raw_agreement(counts).value == pytest.approx(PUBLISHED["percent_agreement"], abs=1e-6)


def test_kappas_of_published_tables() -> None:
    assert fleiss_kappa(PUBLISHED["fleiss"]).value == pytest.approx(PUBLISHED["fleiss_kappa"], abs=1e-6)
    randolph = fleiss_kappa(PUBLISHED["fleiss"], free_margins=True)
    assert randolph.value == pytest.approx(PUBLISHED["randolph_kappa"], abs=1e-6)
    cohen = cohen_kappa(PUBLISHED["cohen"])
    assert cohen.value == pytest.approx(PUBLISHED["cohen_kappa"])
    assert cohen.standard_error == pytest.approx(PUBLISHED["cohen_error"], abs=1e-6)
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa([[1, 1], [2, 1]])
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa([])


def test_what_is_not_defined_says_why() -> None:
    assert krippendorff_alpha([[3, 0], [2, 0]]).undefined is Reason.ALL_EQUAL
    assert gwet_ac1(np.array([[3], [2]])).undefined is Reason.ALL_EQUAL
    for measure in (krippendorff_alpha, gwet_ac1, raw_agreement):
        assert measure([[1, 0], [0, 1]]).undefined is Reason.NO_OVERLAP
        assert measure(np.zeros((0, 2))).undefined is Reason.NO_OVERLAP
        assert measure([]).undefined is measure([[1]]).undefined is Reason.NO_OVERLAP
        with pytest.raises(ValueError, match="below 0"):
            measure([[-1, 3], [2, 0]])
        assert measure([[1, 1], [1, 0]]).undefined is Reason.ONE_TASK


def test_a_unit_rated_once_is_no_agreement() -> None:
    counts = [[1, 1], [2, 0], [0, 2]]
    lonely = [*counts, [1, 0], [1, 0]]
    assert raw_agreement(lonely).value == raw_agreement(counts).value == pytest.approx(2 / 3)
    assert krippendorff_alpha(lonely).value == krippendorff_alpha(counts).value


@settings(max_examples=15)
@given(RATINGS, st.permutations([0, 1, 2, 3]))
def test_names_of_categories_and_order_of_ratings_do_not_matter(rows: list[tuple[int, int]], names: list[int]) -> None:
    units, values = np.array(rows).T
    there, _ = count_ratings(units, values)
    renamed, _ = count_ratings(units[::-1], np.array(names)[values][::-1])
    for measure in (krippendorff_alpha, gwet_ac1, raw_agreement):
        assert measure(renamed).value == pytest.approx(measure(there).value, nan_ok=True)


def test_the_interval_of_alpha_holds_the_truth() -> None:
    rng, hits = np.random.default_rng(3), 0
    for draw in range(100):
        truth = rng.integers(0, 2, 80)
        said = np.where(rng.random((3, 80)) < 0.1, 1 - truth, truth)
        counts, _ = count_ratings(np.tile(np.arange(80), 3), said.ravel())
        found = krippendorff_alpha(counts, seed=draw)
        hits += (found.low or 0) <= 0.64 <= (found.high or 0)  # two raters right in .9: 1 - .18/.5
    assert 89 <= hits <= 99


def test_who_agrees_with_whom() -> None:
    units, who = np.tile(np.arange(50), 2), np.repeat([0, 1], 50)
    values = np.concatenate([np.repeat([0, 0, 1, 1], [20, 5, 10, 15]), np.repeat([0, 1, 0, 1], [20, 5, 10, 15])])
    found = agreement_between(units, who, values)
    assert found.shared[0, 1] == 50
    assert found.agreed[0, 1] == pytest.approx(0.7)
    assert found.kappa[0, 1] == found.kappa[1, 0] == pytest.approx(0.4)
    with pytest.raises(ValueError, match="more than once"):
        agreement_between([1, 1], [1, 1], [0, 1])
