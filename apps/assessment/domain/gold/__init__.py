"""Gold that makes itself: an answer against the same answer damaged, so the winner and the criterion are known."""

from apps.assessment.domain.gold.making import CRITERION, KINDS, Damaged, damage

__all__ = ["CRITERION", "KINDS", "Damaged", "damage"]
