"""Rules watch one person and, before launch, thousands that were never born."""

import pytest
from scipy import stats

from apps.assessment.domain.rules import DEFAULTS, History, Rule, broken_rules
from apps.assessment.domain.simulation import COIN_FLIPPER, HONEST, Kind, simulate

ALL = ("gold", "fast", "side", "ties", "skips")


def history(**said: list[float]) -> History:
    return History(**({"gold": [], "seconds": [], "sides": [], "skipped": []} | said))


@pytest.mark.parametrize(
    ("rule", "broken", "kept"),
    [
        (Rule("gold", 4, 60, "pause"), {"gold": [1.0, 1, 0, 0]}, {"gold": [0.0, 1, 1, 1, 0]}),
        (Rule("fast", 3, 3, "pause"), {"seconds": [2.0, 90, 2.9]}, {"seconds": [2.0, 3, 4]}),
        (Rule("side", 3, 0, "pause"), {"sides": [1.0, -1, -1, -1]}, {"sides": [-1.0, 0, -1]}),
        (Rule("ties", 3, 0, "pause"), {"sides": [1.0, 0, 0, 0]}, {"sides": [0.0, 0, 1]}),
        (Rule("skips", 2, 0, "pause"), {"skipped": [0.0, 1, 1]}, {"skipped": [1.0, 0]}),
    ],
)
def test_each_rule_looks_at_its_last_few(
    rule: Rule, broken: dict[str, list[float]], kept: dict[str, list[float]]
) -> None:
    assert broken_rules(history(**broken), [rule], ALL) == [rule]
    assert broken_rules(history(**kept), [rule], ALL) == []
    short = {name: values[1 - rule.window :] for name, values in broken.items()}
    assert broken_rules(history(**short), [rule], ALL) == []
    assert broken_rules(history(**broken), [rule], []) == []


def test_the_severest_acts_first_and_a_warning_is_not_repeated() -> None:
    warn, ban = Rule("ties", 2, 0, "warn"), Rule("ties", 4, 0, "ban")
    assert broken_rules(history(sides=[0.0] * 2), [warn, ban], ALL) == [warn]
    assert broken_rules(history(sides=[0.0] * 3), [warn, ban], ALL) == []
    assert broken_rules(history(sides=[0.0] * 4), [warn, ban], ALL) == [ban]


def test_a_simulated_first_window_is_caught_as_often_as_the_binomial_says() -> None:
    """With every comparison gold and just one full window, being caught is P(right < 6 of 10)."""
    rule = Rule("gold", 10, 60, "pause")
    kinds = [COIN_FLIPPER, HONEST]
    found = simulate([rule], kinds, gold_percent=100, comparisons=10)
    shares = {(item.kind, item.action): (item.share, item.error) for item in found}
    for kind in kinds:
        exact = stats.binom.cdf(5, 10, kind.gold)
        for action in ("warn", "pause"):
            share, error = shares[kind.key, action]
            assert share == pytest.approx(exact, abs=4 * error + 0.001)
        assert shares[kind.key, "ban"] == (0, 0)


def test_a_coin_flipper_is_caught_and_an_honest_assessor_seldom() -> None:
    found = {
        (item.kind, item.action): item
        for item in simulate(DEFAULTS, [COIN_FLIPPER, HONEST], gold_percent=10, comparisons=300)
    }
    coin, honest = found["coin", "pause"], found["honest", "pause"]
    assert coin.share > 0.95
    assert coin.median_comparisons is not None
    assert coin.median_comparisons < 250
    assert honest.share < 0.2


def test_a_habit_is_found_without_gold() -> None:
    lazy = Kind("lazy", gold=0.5, ties=1.0, skips=0, seconds=30)
    found = {item.action: item for item in simulate(DEFAULTS, [lazy], gold_percent=0, comparisons=50)}
    assert (found["warn"].share, found["warn"].median_comparisons) == (1.0, 20)
    assert found["pause"].share == 0
