import json
from pathlib import Path

import numpy as np
import pytest

from apps.statistics.item_scores import estimate_mean, estimate_of_sums, items_needed, smallest_difference
from apps.statistics.paired import compare_paired

GOLDEN = json.loads((Path(__file__).parent / "data" / "item_scores.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["binary", "soft_vqa"])
def test_errors_and_intervals_equal_those_of_inspect_ai(kind: str) -> None:
    sample = GOLDEN["single_sample"][kind]
    expected = sample["inspect_ai"]
    clustered = estimate_mean(sample["values"], sample["clusters"])
    assert clustered.stderr == pytest.approx(expected["stderr_clustered"])
    interval = expected["ci95_t_clustered"]
    assert (clustered.ci_low, clustered.ci_high) == pytest.approx((interval["lower"], interval["upper"]))
    alone = estimate_mean(sample["values"], [str(place) for place in range(len(sample["values"]))])
    assert alone.stderr == pytest.approx(expected["stderr_clt"])
    assert (alone.ci_low, alone.ci_high) == pytest.approx((expected["ci95_t"]["lower"], expected["ci95_t"]["upper"]))


def test_the_jackknife_of_a_mean_is_the_clustered_error_where_clusters_are_alike() -> None:
    scores = np.random.default_rng(1).random(60)
    clusters = [str(place // 3) for place in range(60)]
    columns = np.stack([scores, np.ones(60)], axis=1)
    jackknife = estimate_of_sums(columns, clusters, lambda sums: sums[:, 0] / sums[:, 1])
    assert jackknife.stderr == pytest.approx(estimate_mean(scores, clusters).stderr)


def test_one_cluster_has_no_error() -> None:
    assert estimate_mean([1.0, 0.0], ["a", "a"]).stderr is None


@pytest.mark.parametrize("case", GOLDEN["power"])
def test_power_equals_that_of_lmms_eval(case: dict[str, dict[str, float]]) -> None:
    given, expected = case["inputs"], case["expected"]
    spreads = {"spread_a": expected["std_a"], "spread_b": expected["std_b"], "correlation": expected["correlation"]}
    assert items_needed(given["effect_size"], **spreads) == expected["min_n"]
    if "current_n" in given:
        assert smallest_difference(given["current_n"], **spreads) == pytest.approx(
            expected["min_detectable_effect"], abs=1e-4
        )


def test_paired_differences_equal_those_of_lmms_eval() -> None:
    given = GOLDEN["paired"]
    expected, n = given["expected"], len(given["a"])
    found = compare_paired(given["b"], given["a"], np.arange(n))
    assert found is not None
    assert (found.difference.value, found.difference.p) == pytest.approx((expected["mean_diff"], expected["p_value"]))
    assert (found.difference.low, found.difference.high) == pytest.approx((expected["ci_lower"], expected["ci_upper"]))
    alone = estimate_mean(np.array(given["a"]) - np.array(given["b"]), [str(place) for place in range(n)])
    assert alone.stderr == pytest.approx(expected["se_diff"])
