from django.utils import timezone

from apps.accounts.models import User
from apps.pipelines.tests.makers import make_revision
from apps.splits.models import Split
from apps.splits.services import ArmInput, create_split, start_split


def make_split(owner: User, *, name: str = "Search", coverage: float = 1.0, started: bool = True) -> Split:
    """Two equal arms, seed "seed": unit "a" falls to place 0.0505, "b" to 0.2696."""
    arms = [ArmInput(make_revision(owner, name=f"{name} {arm}"), 0.5) for arm in ("old", "new")]
    split = create_split(actor=owner, name=name, arms=arms, coverage=coverage, seed="seed")
    return start_split(actor=owner, split=split, now=timezone.now()) if started else split
