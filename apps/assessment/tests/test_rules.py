"""Rules watch one person and, before launch, thousands that were never born."""

import pytest
from scipy import special

from apps.assessment.domain.rules import DEFAULTS, ODDS, History, Rule, broken_rules
from apps.assessment.domain.simulation import COIN_FLIPPER, HONEST, Caught, Kind, simulate

ALL = ("guess", "gold", "fast", "side", "ties", "skips")


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
        exact = special.bdtr(5, 10, kind.gold)
        for action in ("warn", "pause"):
            share, error = shares[kind.key, action]
            assert share == pytest.approx(exact, abs=4 * error + 0.001)
        assert shares[kind.key, "ban"] == (0, 0)


def paused(kind: Kind, comparisons: int) -> Caught:
    return {item.action: item for item in simulate(DEFAULTS, [kind], gold_percent=10, comparisons=comparisons)}["pause"]


def test_a_coin_flipper_is_caught_within_a_day_and_an_honest_assessor_hardly_ever() -> None:
    coin = paused(COIN_FLIPPER, 200)
    assert coin.share >= 0.9
    assert coin.median_comparisons is not None
    assert coin.median_comparisons < 100
    assert paused(HONEST, 1000).share <= 0.05


def test_honest_people_are_taken_for_guessing_as_seldom_as_the_binomial_walk_says() -> None:
    """Exactly, by the distribution of the number of mistakes among those not yet found: 3.8 % ever, 91 % of
    coin-flippers within twenty gold comparisons; in the simulator as well."""
    rule = Rule("guess", 100, 85, "pause")
    for kind, exact, most in ((HONEST, 0.038, 100), (COIN_FLIPPER, 0.912, 20)):
        assert ever_found(kind.gold, most) == pytest.approx(exact, abs=0.001)
        share = simulate([rule], [kind], gold_percent=100, comparisons=most)[1].share
        assert share == pytest.approx(exact, abs=0.03)


def ever_found(right: float, comparisons: int) -> float:
    going, found = {0: 1.0}, 0.0
    for number in range(1, comparisons + 1):
        after: dict[int, float] = {}
        for wrong, share in going.items():
            for more, chance in ((0, right), (1, 1 - right)):
                likelier = (0.5 / 0.85) ** (number - wrong - more) * (0.5 / 0.15) ** (wrong + more)
                if likelier > ODDS:
                    found += share * chance
                else:
                    after[wrong + more] = after.get(wrong + more, 0) + share * chance
        going = after
    return found


def test_who_begins_to_guess_later_is_found_too() -> None:
    rule = Rule("guess", 50, 85, "pause")
    good = [1.0] * 60
    assert broken_rules(history(gold=good), [rule], ALL) == []
    assert broken_rules(history(gold=[*good, *[1.0, 0] * 18]), [rule], ALL) == [rule]
    assert broken_rules(history(gold=[0.0] * 3), [rule], ALL) == [rule]
    assert broken_rules(history(gold=[0.0] * 2), [rule], ALL) == []


def test_a_habit_is_found_without_gold() -> None:
    lazy = Kind("lazy", gold=0.5, ties=1.0, skips=0, seconds=30)
    found = {item.action: item for item in simulate(DEFAULTS, [lazy], gold_percent=0, comparisons=50)}
    assert (found["warn"].share, found["warn"].median_comparisons) == (1.0, 20)
    assert found["pause"].share == 0
