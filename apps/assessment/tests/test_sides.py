from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.order import order_key
from apps.assessment.domain.sides import draw_sides, pair_up, prefer_left

pytestmark = pytest.mark.slow

clusters = st.lists(st.sampled_from(["colours", "shapes", "text"]), max_size=60)
overlaps = st.integers(1, 20)
seeds = st.integers(0, 2**48)


@given(clusters, overlaps, seeds)
def test_each_comparison_is_counterbalanced_over_its_places(names: list[str], overlap: int, seed: int) -> None:
    for places in draw_sides(names, overlap, seed=seed):
        assert len(places) == overlap
        assert abs(sum(places) - (overlap - sum(places))) == overlap % 2


@given(clusters, overlaps, seeds)
def test_first_sides_are_balanced_in_every_cluster_and_overall(names: list[str], overlap: int, seed: int) -> None:
    starts = [places[0] for places in draw_sides(names, overlap, seed=seed)]
    leans = Counter[str]()
    for name, left in zip(names, starts, strict=True):
        leans[name] += 1 if left else -1
    assert all(abs(lean) <= 1 for lean in leans.values())
    assert abs(sum(leans.values())) <= 1


@given(clusters, overlaps, seeds)
def test_the_same_seed_draws_the_same(names: list[str], overlap: int, seed: int) -> None:
    assert draw_sides(names, overlap, seed=seed) == draw_sides(names, overlap, seed=seed)


def test_another_seed_draws_otherwise() -> None:
    names = ["colours"] * 40
    assert draw_sides(names, 2, seed=1) != draw_sides(names, 2, seed=2)
    assert order_key(40, 2, seed=1) != order_key(40, 2, seed=2)


@given(st.lists(clusters, max_size=6), overlaps, seeds)
def test_pairs_that_come_in_parts_are_balanced_in_every_cluster(
    parts: list[list[str]], overlap: int, seed: int
) -> None:
    leans, drawn = Counter[str](), 0
    for names in parts:
        starts = [places[0] for places in draw_sides(names, overlap, seed=seed, leans=leans, drawn=drawn)]
        drawn += len(names)
        for name, left in zip(names, starts, strict=True):
            leans[name] += 1 if left else -1
        assert all(abs(lean) <= 1 for lean in leans.values())


@given(clusters, seeds, st.randoms())
def test_pairs_have_opposite_sides_and_mostly_one_language(names: list[str], seed: int, chance: Random) -> None:
    languages = [chance.choice(["en", "ru"]) for _ in names]
    firsts = [places[0] for places in draw_sides(names, 1, seed=seed)]
    leads = pair_up(languages, names, firsts)
    pairs = [pair for pair in enumerate(leads) if pair[0] != pair[1]]
    assert all(firsts[one] != firsts[lead] and leads[lead] == lead for one, lead in pairs)
    assert len({lead for _, lead in pairs}) == len(pairs) == len(names) // 2
    for language in set(languages):
        lefts = [left for left, own in zip(firsts, languages, strict=True) if own == language]
        together = sum(languages[one] == languages[lead] == language for one, lead in pairs)
        assert together == min(sum(lefts), len(lefts) - sum(lefts))


@given(st.sets(st.integers(1, 2**40), min_size=1, max_size=60), overlaps, seeds)
def test_all_first_places_come_before_any_second_place(tasks: set[int], overlap: int, seed: int) -> None:
    keys = [{order_key(task, replica, seed=seed) for task in tasks} for replica in range(overlap)]
    assert max(keys[-1]) < 2**63
    assert all(max(earlier) < min(later) for earlier, later in pairwise(keys))


@given(st.text(max_size=12), st.integers(0, 300))
def test_an_assessors_sides_are_exact_after_every_second_comparison(seed: str, comparisons: int) -> None:
    left = 0
    for done in range(comparisons):
        left += prefer_left(left, done - left, seed=seed)
        assert abs(left - (done + 1 - left)) == (done + 1) % 2


def test_an_assessors_sides_do_not_simply_alternate() -> None:
    left, drawn = 0, []
    for done in range(200):
        drawn.append(prefer_left(left, done - left, seed="7/3"))
        left += drawn[-1]
    repeats = sum(one == other for one, other in pairwise(drawn))
    assert 40 < repeats < 120
