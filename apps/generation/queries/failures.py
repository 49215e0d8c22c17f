"""Why answers failed, cause by cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import CharField, Count, F, Func, Min, QuerySet, Value
from django.db.models.functions import MD5, Concat, Left

from apps.generation.models import Answer, AnswerState, FailureKind

if TYPE_CHECKING:
    from apps.generation.models import Run

MOST_CAUSES = 12
MESSAGE_LENGTH = 300
NUMBERS = r"[0-9a-f]*[0-9][0-9a-f]*"  # messages that differ only in numbers, ids and hashes have one cause
WORDS = [Left("error", MESSAGE_LENGTH), Value(NUMBERS), Value("#"), Value("g")]
PLAIN_MESSAGE = Func(*WORDS, function="regexp_replace", output_field=CharField())
CAUSE_KEY = MD5(Concat(F("error_kind"), Value("\n"), PLAIN_MESSAGE))


@dataclass(frozen=True)
class FailureGroup:
    """Failed answers with the same cause; `message` is one of theirs, `key` names the group within its run."""

    key: str
    kind: str
    message: str
    count: int

    @property
    def cause(self) -> str:
        return str(FailureKind(self.kind).label) if self.kind in FailureKind.values else self.kind


def failed_answers(run: Run, *, cause: str = "") -> QuerySet[Answer]:
    """All of them, or those whose `cause_key` is `cause`."""
    failed = Answer.objects.filter(run=run, state=AnswerState.FAILED).order_by()
    return failed.annotate(cause_key=CAUSE_KEY).filter(cause_key=cause) if cause else failed


def failures_by_cause(run: Run) -> list[FailureGroup]:
    """The commonest first, `MOST_CAUSES` at most; a message is cut after `MESSAGE_LENGTH` characters."""
    groups = failed_answers(run).annotate(cause_key=CAUSE_KEY).values("cause_key", "error_kind")
    counted = groups.annotate(message=Min(Left("error", MESSAGE_LENGTH)), count=Count("pk"))
    rows = counted.order_by("-count", "error_kind", "message")[:MOST_CAUSES]
    return [FailureGroup(row["cause_key"], row["error_kind"], row["message"], row["count"]) for row in rows]
