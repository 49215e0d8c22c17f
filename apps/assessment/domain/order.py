import hashlib

BITS = 48


def order_key(task: int, replica: int, *, seed: int) -> int:
    """Where a place stands in the queue; a smaller key is handed out earlier.

    Breadth first: all first places in a drawn order, then all second places in the same order, so that the comparisons
    that were judged first are also the first to be complete. The key depends on seed and task alone, so a pair that
    becomes ready late finds its place among the others.
    """
    drawn = hashlib.sha256(f"order/{seed}/{task}".encode()).digest()
    return replica << BITS | int.from_bytes(drawn[: BITS // 8])


def own_lane(rank: int, people: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Keys, first and last, of the places of one of `people` assessors who all judge every comparison: each has one
    place of each comparison for their own, whose sides are balanced by construction. They begin at different parts of
    the queue, so that no comparison is judged by all while others have not been judged."""
    start, end = rank << BITS, (rank + 1) << BITS
    begin = start + ((1 << BITS) * rank) // people
    return (begin, end - 1), (start, begin - 1)
