"""The arithmetic of a token bucket."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """`capacity` tokens at most; one comes back every `refill_s` seconds."""

    capacity: int
    refill_s: float

    def refilled(self, tokens: float, elapsed_s: float) -> float:
        return min(self.capacity, tokens + max(0.0, elapsed_s) / self.refill_s)

    def wait_s(self, tokens: float) -> float:
        """Seconds until a whole token is there; 0 when it is."""
        return max(0.0, (1 - tokens) * self.refill_s)
