"""What a claim and a submit cost, from a thousand comparisons to a million.

`python -m perf.claiming`: a database of its own on the server of `DATABASE_URL` (or on PostgreSQL that it starts),
filled by SQL; then people who claim, hold the next one and submit, one after the other. Rows updated are counted by
PostgreSQL.
"""

import argparse
import re
import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

from perf.generation import database
from perf.table import write_section

SIZES, SMALL = (1_000, 10_000, 100_000, 1_000_000), 3_000
PEOPLE = 8
FILL = """
INSERT INTO buckets_task (public_id, bucket_id, key, position, instruction, language, cluster, "references")
SELECT gen_random_uuid(), {bucket}, 't' || n, n, 'What is it?', (ARRAY['en','ru'])[n % 2 + 1],
       'skill ' || n % 10, '[]' FROM generate_series(1, {size}) n;
ANALYZE buckets_task;
INSERT INTO generation_answer (public_id, run_id, task_id, state, attempt, failures, worker, text, trace, error_kind,
                               error, finish_reason, finished_at)
SELECT gen_random_uuid(), run, id, 'done', 1, 0, '', 'Amber', '[]', '', '', '', now()
FROM buckets_task, unnest(ARRAY[{run_a}, {run_b}]) run WHERE bucket_id = {bucket};
ANALYZE generation_answer;
INSERT INTO assessment_comparison (public_id, evaluation_id, task_id, answer_a_id, answer_b_id, state, is_check)
SELECT gen_random_uuid(), {evaluation}, a.task_id, a.id, b.id, 'released', false
FROM generation_answer a JOIN generation_answer b ON b.task_id = a.task_id AND b.run_id = {run_b}
WHERE a.run_id = {run_a};
ANALYZE assessment_comparison;
INSERT INTO assessment_assignment (public_id, evaluation_id, comparison_id, replica, order_key, a_on_left, language,
                                   is_check, is_extra, state, lease)
SELECT gen_random_uuid(), {evaluation}, id, replica, replica::bigint << 48 | (hashint8(id / 2) & 2147483647),
       (id + replica) % 2 = 0, (ARRAY['en','ru'])[id / 2 % 2 + 1], false, false, 'free', 0
FROM assessment_comparison, generate_series(0, 1) replica WHERE evaluation_id = {evaluation};
"""


def fill(size: int, name: str) -> tuple["Evaluation", list["User"]]:  # type: ignore[name-defined]  # noqa: F821
    from django.db import connection, transaction

    from apps.accounts.tests.makers import make_user
    from apps.assessment.domain.policies import Policy
    from apps.assessment.domain.rules import DEFAULTS
    from apps.assessment.tests.makers import make_evaluation

    slow = tuple(rule for rule in DEFAULTS if rule.kind != "fast")  # nobody reads here
    people = [make_user(f"p{number}@{name}.example.org") for number in range(PEOPLE)]
    evaluation = make_evaluation(
        make_user(f"r@{name}.example.org", role="researcher"),
        assessors=people,
        tasks=1,
        overlap=2,
        name=name,
        policy=Policy(most_overlap=5, control_percent=5, retest_percent=5, rules=slow),
    )
    keys = {"bucket": evaluation.bucket_id, "run_a": evaluation.run_a_id, "run_b": evaluation.run_b_id}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM assessment_assignment WHERE evaluation_id = %s", [evaluation.pk])
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM assessment_comparison WHERE evaluation_id = %s", [evaluation.pk])
        cursor.execute("DELETE FROM generation_answer WHERE run_id IN %s", [(keys["run_a"], keys["run_b"])])
        cursor.execute("DELETE FROM buckets_task WHERE bucket_id = %s", [keys["bucket"]])
        cursor.execute(FILL.format(**keys, evaluation=evaluation.pk, size=size))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE assessment_assignment")
    evaluation.looked_at = None
    evaluation.save(update_fields=["looked_at"])
    return evaluation, people


def measure(size: int, rounds: int, beside: str = "") -> list[str]:
    """One row: median and 95th percentile in milliseconds, and rows updated for one claim."""
    from django.utils import timezone

    from apps.assessment.domain.verdicts import JudgmentInput
    from apps.assessment.services import claim_comparison, reserve_next, submit_judgment

    evaluation, people = fill(size, f"of-{size}{beside and '-more'}")
    ratings = {criterion.key: "same" for criterion in evaluation.criteria.all()}
    claims, submits = [], []
    for number in range(rounds + 20):
        person, now = people[number % PEOPLE], timezone.now() + timedelta(seconds=number)
        started = time.perf_counter()
        place = claim_comparison(assessor=person, evaluation=evaluation, now=now)
        claimed = time.perf_counter()
        assert place is not None  # noqa: S101
        reserve_next(assessor=person, evaluation=evaluation, beside=place, now=now)
        reserved = time.perf_counter()
        submit_judgment(
            assessor=person,
            assignment_id=place.public_id,
            lease=place.lease,
            submission_id=uuid4(),
            form=JudgmentInput(verdict=("left", "right")[number // PEOPLE % 2], ratings=ratings),
            now=now,
        )
        submits.append(time.perf_counter() - reserved)
        claims.append(max(claimed - started, reserved - claimed))  # of the two, the one that looked for a place
    rows = rows_updated(evaluation, people[0])
    return [
        f"{size:,}{beside}",
        *in_ms(claims[20:]),
        *in_ms(submits[20:]),
        str(rows),
        index_walked(evaluation, people[0]),
    ]


def index_walked(evaluation: "Evaluation", person: "User") -> str:  # type: ignore[name-defined]  # noqa: F821
    """By PostgreSQL's plan for what looks for a free place."""
    from django.db import connection, transaction
    from django.utils import timezone

    from apps.assessment.services.queue import Queue, seen_by

    searches: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SKIP LOCKED" in sql:
            searches.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(keep):
        Queue(person, evaluation, timezone.now(), seen_by(person, evaluation)).first_on(True)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {searches[0][0]}", searches[0][1])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    found = re.findall(r"Scan using (\w+) on assessment_assignment\b", plan)
    return f"`{found[0]}`" if found and "Sort" not in plan else "none"


def rows_updated(evaluation: "Evaluation", person: "User") -> int:  # type: ignore[name-defined]  # noqa: F821
    """By PostgreSQL's own count within the transaction of one claim of a fresh place."""
    from django.db import connection, transaction
    from django.utils import timezone

    from apps.assessment.services import claim_comparison

    evaluation.assignments.filter(assessor=person, state="leased").update(state="free", assessor=None)
    with transaction.atomic(), connection.cursor() as cursor:
        count = "SELECT sum(n_tup_upd) FROM pg_stat_xact_user_tables"
        cursor.execute(count)
        before = cursor.fetchone()[0]
        claim_comparison(assessor=person, evaluation=evaluation, now=timezone.now())
        cursor.execute(count)
        return int(cursor.fetchone()[0] - before)


def in_ms(seconds: Sequence[float]) -> list[str]:
    return [f"{1000 * median(seconds):.1f}", f"{1000 * quantiles(seconds, n=20)[-1]:.1f}"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=300)
    arguments.add_argument("--largest", type=int, default=SIZES[-1])
    asked = arguments.parse_args()
    with database():
        rows = [measure(size, asked.rounds) for size in SIZES if size <= asked.largest]
        rows.append(measure(SMALL, asked.rounds, ", a small part of the table"))
    note = (
        f"`python -m perf.claiming`: {PEOPLE} people in turn, {asked.rounds} claims, each followed by holding the next "
        "comparison (the slower of both counts: it looks for a place) and by a submit with six criteria; overlap 2, up "
        "to 5 while unsure, 10 % of controls and re-tests, rules that look at gold, sides, ties and skips. "
        "Milliseconds in the service, PostgreSQL beside it."
    )
    head = ["comparisons", "claim, median", "claim, p95", "submit, median", "submit, p95", "rows updated by a claim"]
    head.append("index walked")
    write_section("Claiming a comparison", note, head, rows)


if __name__ == "__main__":
    main()
