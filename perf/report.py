"""A complete report of up to a million judgments, their raw export, and strengths with a thousand replicates.

`python -m perf.report`: a database of its own on the server of `DATABASE_URL` (or on PostgreSQL that it starts), filled
by SQL. Reports are computed as they are frozen: read, estimated, hashed, spelled as JSON; each kind in a process of its
own with nothing else in it, as a worker would. Seconds are of the processor, ours and of PostgreSQL's process that
serves us, so that a busy machine measures the same as an idle one; imports are not counted.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perf.claiming import FILL
from perf.generation import database
from perf.strengths import write_strengths
from perf.table import write_section

OVERLAP, PANEL = 5, 50
TICKS = os.sysconf("SC_CLK_TCK")
EMPTIED = """
DELETE FROM assessment_assignment WHERE evaluation_id = {evaluation};
DELETE FROM assessment_comparison WHERE evaluation_id = {evaluation};
DELETE FROM generation_answer WHERE run_id IN ({run_a}, {run_b});
DELETE FROM buckets_task WHERE bucket_id = {bucket};
"""
JUDGED = """
INSERT INTO generation_answer (public_id, run_id, task_id, state, attempt, failures, worker, text, trace, error_kind,
                               error, finish_reason, finished_at)
SELECT gen_random_uuid(), run, id, 'done', 1, 0, '', 'Amber' || repeat(' is a word', (id * 7919 + run * 31)::int % 40),
       '[]', '', '', '', now() FROM buckets_task, unnest(ARRAY[{run_a}, {run_b}]) run WHERE bucket_id = {bucket};
ANALYZE generation_answer;
INSERT INTO assessment_comparison (public_id, evaluation_id, task_id, answer_a_id, answer_b_id, state, is_check)
SELECT gen_random_uuid(), {evaluation}, a.task_id, a.id, b.id, 'released', false
FROM generation_answer a JOIN generation_answer b ON b.task_id = a.task_id AND b.run_id = {run_b}
WHERE a.run_id = {run_a};
ANALYZE assessment_comparison;
INSERT INTO assessment_assignment (public_id, evaluation_id, comparison_id, replica, order_key, a_on_left, language,
                                   is_check, is_extra, state, lease, assessor_id)
SELECT gen_random_uuid(), {evaluation}, id, replica, id, (id + replica) % 2 = 0, 'en', false, false, 'done', 1,
       {first} + (id * 7 + replica * (1 + id % 9)) % {panel}
FROM assessment_comparison, generate_series(0, {overlap} - 1) replica WHERE evaluation_id = {evaluation};
ANALYZE assessment_assignment;
INSERT INTO assessment_judgment (public_id, assignment_id, assessor_id, submission_id, verdict, a_on_left, comment,
                                 flagged, seconds, judged_at, contradiction, criteria_shown, evaluation_id, task_id,
                                 is_aside, packed)
SELECT gen_random_uuid(), s.id, assessor_id, gen_random_uuid(),
       (ARRAY['a_much','a','a','tie','both_bad','b','b','b_much'])[1 + (random() * 7.999)::int % 8], a_on_left, '',
       false, 5 + random() * 60, now() - random() * interval '9 days', '',
       '["grammar", "readability", "comprehensiveness", "relevance", "errors", "hallucinations"]', s.evaluation_id,
       c.task_id, false, '\\x000000000000'
FROM assessment_assignment s JOIN assessment_comparison c ON c.id = s.comparison_id
WHERE s.evaluation_id = {evaluation};
ANALYZE assessment_judgment;
"""
RATED = """
UPDATE assessment_judgment SET packed = (
    SELECT string_agg(set_byte('\\x00', 0, 1 + get_byte(sha256(int8send(id)), n) % 3), '') FROM generate_series(0, 5) n
) WHERE evaluation_id = {evaluation};
INSERT INTO assessment_rating (judgment_id, criterion_id, preference)
SELECT j.id, c.id, get_byte(j.packed, c.position) - 2 FROM assessment_judgment j, assessment_criterion c
WHERE j.evaluation_id = {evaluation} AND c.evaluation_id = {evaluation};
ANALYZE assessment_rating;
"""


@dataclass
class Spent:
    ours: float = 0.0
    database: float = 0.0
    clock: float = 0.0
    peak_mb: float = 0.0

    @property
    def both(self) -> float:
        return self.ours + self.database


def peak_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def backend_seconds() -> float:
    """Of PostgreSQL's process that serves our connection; 0 where it runs elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0.0
    parts = stat.read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def on_one_core() -> None:
    """Work of PostgreSQL's other processes would not be counted, so there is none."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


@contextmanager
def measured() -> Iterator[Spent]:
    spent = Spent()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    served, mine, clock = backend_seconds(), time.process_time(), time.perf_counter()
    yield spent
    spent.ours, spent.clock = time.process_time() - mine, time.perf_counter() - clock
    spent.database, spent.peak_mb = backend_seconds() - served, peak_mb()


def fill(size: int) -> tuple["Evaluation", dict[str, Any]]:  # type: ignore[name-defined]  # noqa: F821
    from apps.accounts.tests.makers import make_user
    from apps.assessment.tests.makers import make_evaluation

    people = [make_user(f"p{number}.{size}@example.org") for number in range(PANEL)]
    owner = make_user(f"r{size}@example.org", role="researcher")
    evaluation = make_evaluation(owner, assessors=people, tasks=1, overlap=OVERLAP, name=f"Of {size}")
    keys = {
        "bucket": evaluation.bucket_id,
        "run_a": evaluation.run_a_id,
        "run_b": evaluation.run_b_id,
        "evaluation": evaluation.pk,
        "size": size // OVERLAP,
        "overlap": OVERLAP,
        "panel": PANEL,
        "first": people[0].pk,
    }
    run_sql(EMPTIED + FILL.split("INSERT INTO generation_answer")[0] + JUDGED, keys)
    evaluation.state = "closed"
    evaluation.save(update_fields=["state"])
    return evaluation, keys


def run_sql(statements: str, keys: dict[str, Any]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in filter(str.strip, statements.format(**keys).split(";")):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL assessment_judgment")  # ratings came by update, which never happens in use
        cursor.execute("VACUUM ANALYZE")


def alone(measure: Callable[[Any], list[str]], evaluation: int) -> list[str]:
    """A row of the table, measured in a fresh process on the database that is in use here."""
    from django.db import connection

    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, fresh, enter, (str(connection.settings_dict["NAME"]),)) as process:
        return process.submit(in_process, measure, evaluation).result()


def enter(name: str) -> None:
    import django
    from django.db import connection

    django.setup()
    connection.settings_dict["NAME"] = name
    on_one_core()


def in_process(measure: Callable[[Any], list[str]], evaluation: int) -> list[str]:
    from apps.assessment.models import Evaluation

    return measure(Evaluation.objects.get(pk=evaluation))


def report_cells(evaluation: Any) -> list[str]:
    from django.db import transaction

    from apps.reports.domain.frozen import canonical, to_json
    from apps.reports.provenance import method_in_use
    from apps.reports.services import numbers_now

    method, rounds, found = method_in_use(), [], []
    for _ in range(2):
        with measured() as spent, transaction.atomic():
            found.append(canonical(to_json(numbers_now(evaluation, method))))
        rounds.append(spent)
    return [*shown(rounds), "yes" if found[0] == found[1] else "no"]


def raw_cells(evaluation: Any) -> list[str]:
    import pyarrow.parquet  # noqa: F401  not counted

    from apps.reports.raw import stream_judgments

    with measured() as spent:
        size = sum(len(part) for part in stream_judgments(evaluation))
    return [*shown([spent]), f"{size / 1e6:.0f} MB written"]


def shown(rounds: list[Spent]) -> list[str]:
    """Of the last round its parts; of all of them the peak."""
    last = rounds[-1]
    sums = " · ".join(f"{spent.both:.2f}" for spent in rounds)
    parts = (f"{seconds:.2f}" for seconds in (last.ours, last.database, last.clock))
    return [sums, *parts, f"{max(spent.peak_mb for spent in rounds):.0f} MB"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    asked = arguments.parse_args()
    write_strengths()
    if not asked.sizes:
        return
    rows = []
    with database():
        on_one_core()
        for size in asked.sizes:
            evaluation, keys = fill(size)
            rows.append([f"{size:,}: report, verdicts", *alone(report_cells, evaluation.pk)])
            run_sql(RATED, keys)
            rows.append([f"{size:,}: report, verdicts and six criteria", *alone(report_cells, evaluation.pk)])
            rows.append([f"{size:,}: raw judgments as Parquet, six criteria", *alone(raw_cells, evaluation.pk)])
    write_section(
        "A complete report, database read included",
        f"`python -m perf.report`: {OVERLAP} judgments of each task, {PANEL} assessors, 10 clusters, 2 languages; each "
        "row in a process of its own, a report twice. Seconds of the processor, PostgreSQL's process included, of the "
        "first report and of the second; then the second's parts. Tables are freshly vacuumed, numpy has one thread. "
        "Memory of the whole process, Django and libraries included, without PostgreSQL's.",
        ["judgments", "seconds", "ours", "PostgreSQL", "clock", "peak memory", "same bytes again, or size"],
        rows,
    )


if __name__ == "__main__":
    main()
