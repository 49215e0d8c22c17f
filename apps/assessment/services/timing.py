"""How long an assessor worked on a comparison."""

from datetime import datetime
from typing import Any

from apps.assessment.domain.attention import active_seconds, seen_text
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.models import Assignment, Judgment


def time_on_task(place: Assignment, form: JudgmentInput, end: datetime, old: Judgment | None) -> dict[str, Any]:
    """Columns of the judgment: seconds on the server's clock, seconds of work and parts seen as the browser counted. A
    correction keeps those of the judgment it supersedes. `end`: when the person was done with it."""
    if old:
        return {"seconds": old.seconds, "active_seconds": old.active_seconds, "seen": old.seen}
    seconds = max(0.0, (end - place.shown_at).total_seconds()) if place.shown_at else 0.0
    said = form.attention
    return {"seconds": seconds, "active_seconds": active_seconds(said, seconds), "seen": seen_text(said.seen)}
