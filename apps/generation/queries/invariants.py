"""What must hold for every run at any moment, whatever its workers went through: asked of the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from apps.generation.domain.retries import MAX_FAILURES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from apps.generation.models import Run

EXAMPLES = 5
# Another round begins with `MAX_FAILURES - 1` failures at most, after a claim at least; each further one needs a claim.
AHEAD = MAX_FAILURES - 2


@dataclass(frozen=True)
class Invariant:
    """`broken` counts the rows that break it; `examples` are the keys of some of their tasks."""

    name: StrOrPromise
    broken: int
    examples: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.broken == 0


@dataclass(frozen=True)
class Rule:
    """`where` says of one answer that it breaks the rule."""

    name: StrOrPromise
    where: str


ONE_EACH = _("Every task of the bucket has exactly one answer, and nothing else has one.")
NOT_ONE = """
    SELECT COALESCE(task.key, answer.task_id::text)
    FROM (SELECT * FROM buckets_task WHERE bucket_id = %(bucket)s) task
    FULL JOIN (SELECT task_id, count(*) AS n FROM generation_answer WHERE run_id = %(run)s GROUP BY 1) answer
    ON answer.task_id = task.id WHERE answer.n IS DISTINCT FROM 1 OR task.id IS NULL"""
BROKEN = """
    SELECT task.key FROM generation_answer answer JOIN buckets_task task ON task.id = answer.task_id
    WHERE run_id = %(run)s AND ({where})"""
RULES = [
    Rule(
        _("What is under way has a lease, nothing else has; and nothing is under way in a cancelled run."),
        """(state = 'running') <> (lease_until IS NOT NULL) OR (state IN ('waiting', 'running')
        AND EXISTS (SELECT FROM generation_run WHERE id = %(run)s AND state = 'cancelled'))""",
    ),
    Rule(
        _("A done answer has a text, an end, no error, and one trace: steps of its pipeline, each once."),
        """state = 'done' AND (text IS NULL OR finished_at IS NULL OR error_kind <> ''
        OR jsonb_array_length(trace) = 0 OR jsonb_array_length(trace) <>
        (SELECT count(DISTINCT step ->> 'step') FROM jsonb_array_elements(trace) step
        WHERE %(steps)s::text[] IS NULL OR step ->> 'step' = ANY(%(steps)s::text[])))""",
    ),
    Rule(
        _("A failed answer has a cause, an end and no text."),
        "state = 'failed' AND (text IS NOT NULL OR finished_at IS NULL OR error_kind = '')",
    ),
    Rule(
        _("Attempts add up: no end without a claim, no more failures than claims and another round account for."),
        """failures > attempt + %(ahead)s OR (state IN ('running', 'done', 'failed') AND attempt = 0)
        OR (state = 'failed' AND failures = 0)""",
    ),
]


def check_run(run: Run) -> list[Invariant]:
    """Each rule with what breaks it: nothing, or there is a bug."""
    rules = [Rule(ONE_EACH, ""), *RULES]
    return [_check(run, rule) for rule in rules]


def _check(run: Run, rule: Rule) -> Invariant:
    steps = [step["id"] for step in run.revision.spec.get("steps", [])] or None
    with connection.cursor() as cursor:
        sql = BROKEN.format(where=rule.where) if rule.where else NOT_ONE
        cursor.execute(sql, {"run": run.pk, "bucket": run.bucket_id, "steps": steps, "ahead": AHEAD})
        keys = [str(row[0]) for row in cursor.fetchall()]
    return Invariant(rule.name, len(keys), tuple(keys[:EXAMPLES]))
