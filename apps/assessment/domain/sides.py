"""Which pipeline stands on the left: drawn from a seed, balanced by construction, not to be guessed by an assessor."""

import random
from collections.abc import Hashable, Sequence


def draw_sides(clusters: Sequence[Hashable], overlap: int, *, seed: int) -> list[list[bool]]:
    """For each comparison (its cluster given) and each of its `overlap` places: is A on the left?

    Places of one comparison alternate, so an even overlap shows each order equally often. The first place's side
    alternates over the comparisons of a cluster in a drawn order, so that in every cluster, and over all of them, the
    two orders differ by at most one comparison.
    """
    chance = random.Random(f"sides/{seed}")  # noqa: S311 (reproducible, not a secret)
    drawn = [(str(cluster), chance.random(), number) for number, cluster in enumerate(clusters)]
    start = chance.random() < 0.5
    sides: list[list[bool]] = [[] for _ in clusters]
    for place, (_, _, number) in enumerate(sorted(drawn)):
        first = start ^ bool(place % 2)
        sides[number] = [first ^ bool(replica % 2) for replica in range(overlap)]
    return sides


def prefer_left(seen_left: int, seen_right: int, *, seed: str, limit: int = 2) -> bool:
    """Should the assessor's next comparison have A on the left, given how many with A on either side they had?

    A fair coin until one side leads by `limit`, then the other side (the "big stick" design, Soares & Wu 1983): the
    difference stays within `limit`, yet, unlike with strict alternation, nobody can tell the sides from their order.
    """
    if abs(seen_left - seen_right) >= limit:
        return seen_left < seen_right
    return random.Random(f"{seed}/{seen_left + seen_right}").random() < 0.5  # noqa: S311 (reproducible, not a secret)
