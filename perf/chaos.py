"""Two runs of 1,000 tasks while workers are killed and paused, and servers crash: is anything lost or doubled?

Real workers, PostgreSQL and Valkey of this script's own; a quick runner in place of models. A trigger of the database
notes every answer that is ended, so that one ended twice would show. Run: `python -m perf.chaos [--seed 1]`; it takes a
few minutes, and the table goes to `perf/results.md`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from perf.table import write_section

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.generation.models import Run
    from sbs_platform.local.children import Child
    from tests.own_servers import OwnServers

TASKS, WORKERS, BATCH, BATCH_S, LEASE_S = 1000, 3, 16, 1.0, 4
LIMIT_S = 900
ENVIRONMENT = {
    "GENERATION_RUNNER": "apps.generation.tests.runners.make_runner",
    "GENERATION_LEASE_SECONDS": str(LEASE_S),
    "GENERATION_SWEEP_SECONDS": "1",
    "LOG_LEVEL": "WARNING",
}
NOTE_ENDS = """
    CREATE TABLE chaos_end (answer_id bigint, attempt int);
    CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO chaos_end VALUES (NEW.id, NEW.attempt); RETURN NULL; END $$;
    CREATE TRIGGER note_end AFTER UPDATE OF text, state ON generation_answer FOR EACH ROW
    WHEN (NEW.state = 'done') EXECUTE FUNCTION note_end();
"""


@dataclass
class Chaos:
    """Whoever harms: draws a fault from `chance` every few seconds and counts it in `done`."""

    servers: OwnServers
    chance: random.Random
    workers: list[Child] = field(default_factory=list)
    paused: list[tuple[float, int]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    started: int = 0

    def start_worker(self) -> None:
        from sbs_platform.local.children import Child
        from sbs_platform.local.site import QUIET_THREADS

        self.started += 1
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "sbs_platform",
            "worker",
            "--hostname",
            f"w{self.started}@chaos",
        ]
        env = {**QUIET_THREADS, **ENVIRONMENT, **self.servers.environment, "OMP_NUM_THREADS": "1"}
        log = self.servers.folder / f"worker{self.started}.log"
        self.workers.append(Child("worker", [*command, "--without-gossip", "--without-mingle"], log=log, env=env))

    def harm(self) -> None:
        faults = [self.kill_child] * 6 + [self.kill_worker] * 3 + [self.pause_child] * 3
        fault = self.chance.choice([*faults, self.restart_broker, self.restart_database])
        if fault():
            self.done[str(fault.__doc__)] += 1
        self.fill()

    def fill(self) -> None:
        while len(self.workers) < WORKERS:
            self.start_worker()

    def kill_child(self) -> bool:
        """processes killed"""
        return self.signal_child(signal.SIGKILL) is not None

    def kill_worker(self) -> bool:
        """workers killed"""
        worker = self.workers.pop(self.chance.randrange(len(self.workers)))
        worker.process.kill()
        worker.process.wait()
        return True

    def pause_child(self) -> bool:
        """processes paused past their lease"""
        pid = self.signal_child(signal.SIGSTOP)
        if pid is not None:
            self.paused.append((time.monotonic() + LEASE_S + 2, pid))
        return pid is not None

    def restart_broker(self) -> bool:
        """losses of the broker with all its messages"""
        self.servers.stop_broker()
        time.sleep(1)
        self.servers.start_broker()
        return True

    def restart_database(self) -> bool:
        """crashes of PostgreSQL"""
        self.servers.restart_database()
        return True

    def signal_child(self, number: signal.Signals) -> int | None:
        """One that answers right now, if any does."""
        from apps.generation.models import Answer

        busy = set(Answer.objects.filter(state="running").values_list("worker", flat=True))
        pids = {int(name.rpartition(":")[2]) for name in busy} - {pid for _, pid in self.paused}
        with suppress(ProcessLookupError):
            if pids:
                pid = self.chance.choice(sorted(pids))
                os.kill(pid, number)
                return pid
        return None

    def wake_paused(self, *, all_of_them: bool = False) -> None:
        for until, pid in list(self.paused):
            if all_of_them or time.monotonic() > until:
                self.paused.remove((until, pid))
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def begin(person: User) -> list[Run]:
    from apps.buckets.models import Task
    from apps.buckets.tests.makers import make_bucket
    from apps.generation.services import start_run
    from apps.pipelines.tests.makers import make_revision

    bucket = make_bucket(person, tasks=0)
    tasks = [
        Task(bucket=bucket, key=f"t{n}", position=n, instruction=f"Question {n}?", language="en", cluster="all")
        for n in range(TASKS)
    ]
    Task.objects.bulk_create(tasks)
    spec: dict[str, object] = {"seconds": BATCH_S, "batch_size": BATCH}
    revisions = [make_revision(person, name=name, spec={**spec, "name": name}) for name in ("A", "B")]
    return [start_run(actor=person, bucket=bucket, revision=revision) for revision in revisions]


def suffer(chaos: Chaos, runs: list[Run]) -> int:
    """Until both runs are complete; returns for how many answers a person had to ask for another round."""
    from apps.generation.queries import run_progress
    from apps.generation.services import retry_failed

    end, next_fault, retried = time.monotonic() + LIMIT_S, time.monotonic(), 0
    while not all(run_progress(run).is_settled for run in runs):
        if time.monotonic() > end:
            raise TimeoutError(f"the runs did not end within {LIMIT_S} s: {[run_progress(run) for run in runs]}")
        chaos.wake_paused()
        if time.monotonic() > next_fault:
            chaos.harm()
            next_fault = time.monotonic() + chaos.chance.uniform(2, 6)
        time.sleep(0.2)
        for run in runs:
            if run_progress(run).is_settled:
                retried += retry_failed(actor=run.created_by, run=run)
    return retried


def row(run: Run) -> list[str]:
    from django.db import connection
    from django.db.models import Count, Q, Sum

    from apps.generation.queries import check_run, run_progress

    progress = run_progress(run)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT answer_id) FROM chaos_end JOIN generation_answer answer"
            " ON answer.id = answer_id WHERE run_id = %s",
            [run.pk],
        )
        ends, ended = cursor.fetchone()
    facts = run.answers.aggregate(claims=Sum("attempt"), again=Count("pk", filter=Q(attempt__gt=1)))
    held = [invariant.holds for invariant in check_run(run)]
    lost, doubled = TASKS - progress.done, ends - ended
    numbers = [progress.total, progress.done, lost, doubled, facts["claims"], facts["again"]]
    return [run.revision.pipeline.name, *(f"{number:,}" for number in numbers), f"{sum(held)} of {len(held)}"]


def measure(seed: int) -> None:
    from django.db import connection

    from apps.accounts.tests.makers import make_user
    from tests.own_servers import own_servers

    with own_servers() as servers:
        os.environ.update(servers.environment)
        with connection.cursor() as cursor:
            cursor.execute(NOTE_ENDS)
        chaos = Chaos(servers, random.Random(seed))
        try:
            runs = begin(make_user("chaos@example.org", role="researcher"))
            started = time.monotonic()
            chaos.fill()
            retried = suffer(chaos, runs)
            rows = [row(run) for run in runs]
        finally:
            chaos.wake_paused(all_of_them=True)
            for worker in chaos.workers:
                worker.process.kill()
                worker.process.wait()
        report(seed, chaos, rows, retried, time.monotonic() - started)


def report(seed: int, chaos: Chaos, rows: list[list[str]], retried: int, seconds: float) -> None:
    faults = ", ".join(f"{count} {name}" for name, count in sorted(chaos.done.items()))
    asked = f"{retried} answers were" if retried else "no answer had to be"
    write_section(
        "Two runs under random faults",
        f"`python -m perf.chaos --seed {seed}`: "
        f"{WORKERS} workers at a time, batches of {BATCH} that take {BATCH_S:.0f} s, "
        f"leases of {LEASE_S} s, {seconds:.0f} s in all. Faults: {faults}; {asked} tried again by hand.",
        ["run", "answers", "done", "lost", "doubled", "claims", "claimed again", "checks that hold"],
        rows,
    )
    if any(row[2:5] != [f"{TASKS:,}", "0", "0"] for row in rows):
        raise SystemExit("something was lost or doubled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    folder = Path(__file__).parent.parent / "var" / "test" / "chaos"
    folder.mkdir(parents=True, exist_ok=True)
    settled = {"DJANGO_SETTINGS_MODULE": "sbs_platform.settings", "SECRET_KEY": "chaos", "VAR_DIR": str(folder)}
    os.environ.update(settled)
    import django

    django.setup()
    measure(seed)


if __name__ == "__main__":
    main()
