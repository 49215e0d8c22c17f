"""Which pipeline stands on the left: drawn from a seed, balanced by construction."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence


def draw_sides(
    clusters: Sequence[str], overlap: int, *, seed: int, leans: Mapping[str, int] | None = None, drawn: int = 0
) -> list[list[bool]]:
    """For each comparison (its cluster given) and each of its `overlap` places: is A on the left?

    Places of one comparison alternate, so an even overlap shows each order equally often. `leans` says of each cluster
    how many more of its first places, drawn before, have A on the left than on the right; `drawn` is their number. The
    next first place of a cluster goes against the cluster's lean, or if it has none against the lean over all, or if
    that has none to a drawn side. So in every cluster the two orders differ by at most one comparison whenever the
    pairs become ready, and over all of them too when they are drawn at once.
    """
    chance = random.Random(f"sides/{seed}/{drawn}")  # noqa: S311 (reproducible, not a secret)
    queue = sorted((cluster, chance.random(), number) for number, cluster in enumerate(clusters))
    lean = Counter(leans or {})
    total = sum(lean.values())
    sides: list[list[bool]] = [[] for _ in clusters]
    for cluster, drawn_number, number in queue:
        tilt = lean[cluster] or total
        first = tilt < 0 if tilt else drawn_number < 0.5
        lean[cluster] += 1 if first else -1
        total += 1 if first else -1
        sides[number] = [first ^ bool(replica % 2) for replica in range(overlap)]
    return sides


def pair_up(languages: Sequence[str], clusters: Sequence[str], firsts: Sequence[bool]) -> list[int]:
    """For each comparison the number of the one that leads its pair: itself, or the one it is paired with.

    Pairs have opposite sides (`firsts`: A on the left in the first place; then in each other place they are opposite
    too), and where possible one language and one cluster. So whoever judges both has seen both sides equally often. A
    comparison that finds no partner leads itself.
    """
    leads = list(range(len(firsts)))
    alone = sorted(leads, key=lambda item: (clusters[item], item))
    for group in (languages, [""] * len(leads)):
        waiting: dict[tuple[str, bool], list[int]] = {}
        for number in alone:
            if partners := waiting.get((group[number], not firsts[number])):
                leads[number] = partners.pop()
            else:
                waiting.setdefault((group[number], firsts[number]), []).append(number)
        alone = sorted(number for numbers in waiting.values() for number in numbers)
    return leads


def next_side(lefts: int, rights: int, *, last: bool) -> bool:
    """Should one more place of a comparison have A on the left? The side it had less often, else not the `last`."""
    return lefts < rights if lefts != rights else not last


def prefer_left(seen_left: int, seen_right: int, *, seed: str) -> bool:
    """Should the assessor's next comparison have A on the left, given how many with A on either side they had?

    The side they had less often (`owed_left`); after equally many of both a fair coin (permuted blocks of two, see
    Matts & Lachin 1988): exact after every second comparison, yet, unlike with strict alternation, drawn anew for every
    two.
    """
    owed = owed_left(seen_left, seen_right)
    if owed is not None:
        return owed
    return random.Random(f"{seed}/{seen_left + seen_right}").random() < 0.5  # noqa: S311 (reproducible, not a secret)


def owed_left(seen_left: int, seen_right: int) -> bool | None:
    """The side that an assessor had less often: is it A on the left? None when they had both equally often."""
    return None if seen_left == seen_right else seen_left < seen_right
