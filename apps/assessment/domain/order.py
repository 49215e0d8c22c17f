import random


def draw_order(comparisons: int, overlap: int, *, seed: int) -> list[list[int]]:
    """The order key of every place: `keys[comparison][replica]`, all different, from 0.

    Breadth first: all first places in a drawn order, then all second places in the same order, so that the comparisons
    that were judged first are also the first to be complete.
    """
    ranks = list(range(comparisons))
    random.Random(f"order/{seed}").shuffle(ranks)  # noqa: S311 (reproducible, not a secret)
    return [[replica * comparisons + rank for replica in range(overlap)] for rank in ranks]
