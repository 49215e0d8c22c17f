"""When to try again, and when to stop."""

MAX_FAILURES = 3
# A lost worker may be nobody's fault: an answer that lost three, the last one alone, has one more try, alone again.
MAX_LOSSES = MAX_FAILURES + 1
LONGEST_BACKOFF_S = 300
# Causes that can take a whole batch with them: such an answer runs alone even after a person asked for another round.
SUSPECT_KINDS = ("worker_lost", "out_of_memory", "bug", "timeout")


def batch_limit(failures: int, batch_size: int) -> int:
    """How many answers that failed `failures` times may be claimed at once: half a batch, and alone for the last try.

    So a worker lost with a full batch costs two half batches, not a batch of single generations; and since nothing
    shares a batch with a last try, whatever takes its batch with it brings no neighbour to its final failure.
    """
    return 1 if failures >= MAX_FAILURES - 1 else max(1, batch_size >> failures)


def backoff_seconds(failures: int) -> int:
    """2, 4, 8 … seconds after the 1st, 2nd, 3rd failure, five minutes at most."""
    return min(1 << min(failures, 16), LONGEST_BACKOFF_S)


def is_final(failures: int, *, retryable: bool) -> bool:
    """Whether an answer that has now failed `failures` times stays failed."""
    return not retryable or failures >= MAX_FAILURES
