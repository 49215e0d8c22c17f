"""A complete report of up to a million judgments, their raw export, and strengths with a thousand replicates.

`python -m perf.report`: a database of its own on the server of `DATABASE_URL` (or on PostgreSQL that it starts), filled
by SQL. Reports are computed as they are frozen: read, estimated, hashed, spelled as JSON. Seconds are of the processor,
ours and of PostgreSQL's process that serves us, so that a busy machine measures the same as an idle one.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from perf.claiming import FILL
from perf.generation import database
from perf.table import write_section

OVERLAP, PANEL, PIPELINES, REPLICATES, COMPARISONS = 5, 50, 20, 1000, 1_000_000
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
    grown_mb: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)


def resident(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
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
    before, served, mine, clock = resident("VmRSS"), backend_seconds(), time.process_time(), time.perf_counter()
    yield spent
    spent.ours, spent.clock = time.process_time() - mine, time.perf_counter() - clock
    spent.database, spent.peak_mb = backend_seconds() - served, resident("VmHWM")
    spent.grown_mb = spent.peak_mb - before


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


def report_row(what: str, evaluation: "Evaluation") -> list[str]:  # type: ignore[name-defined]  # noqa: F821
    from django.db import transaction

    from apps.reports.domain.frozen import canonical, to_json
    from apps.reports.provenance import method_in_use
    from apps.reports.services import numbers_now

    method, found = method_in_use(), []
    for _ in range(2):
        with measured() as spent, transaction.atomic():
            found.append(canonical(to_json(numbers_now(evaluation, method))))
    same = "yes" if found[0] == found[1] else "no"
    return [what, *shown(spent), f"{spent.peak_mb:.0f} MB", same]


def shown(spent: Spent) -> list[str]:
    both = spent.ours + spent.database
    return [f"{both:.2f}", f"{spent.ours:.2f}", f"{spent.database:.2f}", f"{spent.clock:.2f}"]


def raw_row(what: str, evaluation: "Evaluation") -> list[str]:  # type: ignore[name-defined]  # noqa: F821
    from apps.reports.raw import stream_judgments

    next(iter(stream_judgments(evaluation)), b"")  # loads pyarrow
    with measured() as spent:
        size = sum(len(part) for part in stream_judgments(evaluation))
    return [what, *shown(spent), f"+{spent.grown_mb:.0f} MB", f"{size / 1e6:.0f} MB written"]


def battles() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    strength = np.linspace(1, -1, PIPELINES)
    first = rng.integers(0, PIPELINES, COMPARISONS)
    second = (first + rng.integers(1, PIPELINES, COMPARISONS)) % PIPELINES
    win = 1 / (1 + np.exp(strength[second] - strength[first]))
    scores = np.where(rng.random(COMPARISONS) < 0.24, 0.5, (rng.random(COMPARISONS) < win).astype(np.float64))
    return first, second, scores


def by_fastchat(first: np.ndarray, second: np.ndarray, scores: np.ndarray, replicates: int) -> np.ndarray:
    """The method of `compute_bootstrap_bt` in FastChat's monitor/rating_systems.py (Apache-2.0), on one core: distinct
    battles with their counts, a multinomial over them, L-BFGS for each replicate."""
    from scipy.optimize import minimize
    from scipy.special import expit

    table, counts = np.unique(np.stack([first, second, 2 * scores], axis=1), axis=0, return_counts=True)
    matchups, outcomes, alpha = table[:, :2].astype(int), table[:, 2] / 2, np.log(10.0)
    drawn = np.random.default_rng(0).multinomial(len(first), counts / counts.sum(), size=replicates) / len(first)

    def loss(ratings: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        met = ratings[matchups]
        probs = expit(alpha * (met[:, 0] - met[:, 1]))
        lost = -((np.log(probs) * outcomes + np.log(1.0 - probs) * (1.0 - outcomes)) * weights).sum()
        slope, gradient = -alpha * (outcomes - probs) * weights, np.zeros_like(ratings)
        np.add.at(gradient, matchups[:, [0, 1]], slope[:, None] * np.array([1.0, -1.0]))
        return lost, gradient

    options, start = {"maxiter": 100, "gtol": 1e-6}, np.zeros(PIPELINES)
    fits = [minimize(loss, start, (row,), "L-BFGS-B", jac=True, options=options).x for row in drawn]  # type: ignore[call-overload]
    found = np.array(fits) * alpha
    return np.asarray(found - found.mean(axis=1, keepdims=True))


def strength_rows(part: int = 100) -> list[list[str]]:
    from apps.statistics.bradley_terry import count_cells
    from apps.statistics.strength_bootstrap import bootstrap_strengths

    told = battles()
    begun = time.process_time()
    ours = bootstrap_strengths(count_cells(*told, PIPELINES), REPLICATES)
    mine = time.process_time() - begun
    begun = time.process_time()
    np.unique(np.stack([told[0], told[1], 2 * told[2]], axis=1), axis=0)
    once = time.process_time() - begun
    begun = time.process_time()
    theirs = by_fastchat(*told, part)
    other = once + (time.process_time() - begun - once) * REPLICATES / part
    return [
        ["ours: Newton, all replicates at once", f"{mine:.2f}", "1 ×", f"{ours.std(axis=0).mean():.5f}"],
        [
            f"FastChat's, from {part} replicates",
            f"{other:.1f}",
            f"{other / mine:.0f} ×",
            f"{theirs.std(axis=0).mean():.5f}",
        ],
        *peer_rows(told, mine),
    ]


def peer_rows(told: tuple[np.ndarray, np.ndarray, np.ndarray], mine: float) -> list[list[str]]:
    """One fit of each library that is installed, times the replicates; none of them is a requirement."""
    first, second, scores = told
    rows = []
    try:
        import choix  # type: ignore[import-not-found]

        wins = np.zeros((PIPELINES, PIPELINES))
        begun = time.process_time()
        np.add.at(wins, (first, second), scores)
        np.add.at(wins, (second, first), 1 - scores)
        counted = time.process_time() - begun
        begun = time.process_time()
        for _ in range(20):
            choix.ilsr_pairwise_dense(wins)
        taken = counted + (time.process_time() - begun) / 20 * REPLICATES
        rows.append(["choix, dense, from 20 fits", f"{taken:.1f}", f"{taken / mine:.0f} ×", "–"])
    except ImportError:
        pass
    try:
        import evalica  # type: ignore[import-not-found]

        names = [f"p{number}" for number in range(PIPELINES)]
        winners = [evalica.Winner.X if s == 1 else evalica.Winner.Y if s == 0 else evalica.Winner.Draw for s in scores]
        left, right = ([names[place] for place in side] for side in (first, second))
        begun = time.process_time()
        evalica.bradley_terry(left, right, winners)
        taken = (time.process_time() - begun) * REPLICATES
        rows.append(["evalica, from 1 fit", f"{taken:.0f}", f"{taken / mine:.0f} ×", "–"])
    except ImportError:
        pass
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    asked = arguments.parse_args()
    write_section(
        "Strengths of 20 pipelines with 1,000 replicates",
        f"`python -m perf.report`: {COMPARISONS:,} comparisons, 24 % ties. Seconds of one processor; the last column "
        "is the mean standard deviation of the strengths in logits.",
        ["method", "seconds", "÷ ours", "spread"],
        strength_rows(),
    )
    if not asked.sizes:
        return
    rows = []
    with database():
        on_one_core()
        for size in asked.sizes:
            evaluation, keys = fill(size)
            rows.append(report_row(f"{size:,}: report, verdicts", evaluation))
            run_sql(RATED, keys)
            rows.append(report_row(f"{size:,}: report, verdicts and six criteria", evaluation))
            rows.append(raw_row(f"{size:,}: raw judgments as Parquet, six criteria", evaluation))
    write_section(
        "A complete report, database read included",
        f"`python -m perf.report`: {OVERLAP} judgments of each task, {PANEL} assessors, 10 clusters, 2 languages; of "
        "two rounds the second. Seconds of the processor, PostgreSQL's process included; those of the clock were taken "
        "on a machine with other work. Raw export: memory beyond that of the process before.",
        ["judgments", "seconds", "ours", "PostgreSQL", "clock", "peak memory", "same bytes again"],
        rows,
    )


if __name__ == "__main__":
    main()
