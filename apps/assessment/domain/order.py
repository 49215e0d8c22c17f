import hashlib

BITS = 48


def order_key(task: int, replica: int, *, seed: int) -> int:
    """Where a place stands in the queue; a smaller key is handed out earlier.

    Breadth first: all first places in a drawn order, then all second places in the same order, so that the comparisons
    that were judged first are also the first to be complete. The key depends on seed and task alone, so a pair that
    becomes ready late finds its place among the others. Two comparisons that are judged together (`sides.pair_up`)
    have the key of one of their tasks.
    """
    drawn = hashlib.sha256(f"order/{seed}/{task}".encode()).digest()
    return replica << BITS | int.from_bytes(drawn[: BITS // 8])
