"""The figures of the run page for Prometheus, read from the database: right whatever number of processes serve them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Now
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from apps.generation.models import Answer, AnswerState, Run
from apps.generation.queries import progress_of, queue_depths, ready_pairs, workers_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from prometheus_client.metrics_core import Metric

    from apps.generation.domain.progress import RunProgress

    Rows: TypeAlias = Iterable[tuple[Sequence[str], float | None]]

RECENT = timedelta(hours=1)
RUN = ["run", "pipeline"]


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)


class Figures(Collector):
    """Runs with work left or finished within the last hour, so that old runs leave no labels behind; all queues."""

    def collect(self) -> Iterator[Metric]:
        yield from _runs()
        yield from _queues()
        yield from _workers()


def _runs() -> Iterator[Metric]:
    runs = _current_runs()
    progress = progress_of(runs)
    yield _answers(runs, progress)
    rates = ((_labels(run), progress[run.pk].per_minute) for run in runs)
    yield _gauge("sbs_run_answers_per_minute", "Answers ended per minute, over the last minutes.", RUN, rates)
    left = ((_labels(run), progress[run.pk].seconds_left) for run in runs)
    yield _gauge("sbs_run_seconds_left", "How long the run will take at that rate.", RUN, left)
    paused = ((_labels(run), int(bool(run.problem))) for run in runs)
    yield _gauge("sbs_run_paused", "1 while no worker can load the model.", RUN, paused)
    pairs = (([*_labels(run), str(p.run.public_id)], p.count) for run in runs for p in ready_pairs(run))
    words = "Tasks that another run over the same bucket has answered too."
    yield _gauge("sbs_run_pairs_ready", words, [*RUN, "other"], pairs)
    yield from _sums(runs)


def _current_runs() -> list[Run]:
    answers = Answer.objects.filter(run=OuterRef("pk"))
    is_open = Q(state__in=[AnswerState.WAITING, AnswerState.RUNNING])
    current = Exists(answers.filter(is_open)) | Exists(answers.filter(finished_at__gt=Now() - RECENT))
    return list(Run.objects.filter(current).select_related("revision__pipeline"))


def _labels(run: Run) -> list[str]:
    return [str(run.public_id), str(run.revision)]


def _gauge(name: str, words: str, labels: Sequence[str], rows: Rows) -> GaugeMetricFamily:
    """Without the rows whose value is None: not known is not zero."""
    metric = GaugeMetricFamily(name, words, labels=labels)
    for values, number in rows:
        if number is not None:
            metric.add_metric(values, number)
    return metric


def _answers(runs: Sequence[Run], progress: dict[int, RunProgress]) -> GaugeMetricFamily:
    rows = (([*_labels(run), state], getattr(progress[run.pk], state)) for run in runs for state in AnswerState.values)
    return _gauge("sbs_run_answers", "Answers by state.", [*RUN, "state"], rows)


def _sums(runs: Sequence[Run]) -> Iterator[Metric]:
    by_key = {run.pk: run for run in runs}
    answers = Answer.objects.filter(run__in=runs).order_by()
    tokens = CounterMetricFamily("sbs_run_tokens", "Tokens of done answers.", labels=[*RUN, "direction"])
    for row in answers.values("run").annotate(prompt=Sum("prompt_tokens"), completion=Sum("completion_tokens")):
        for direction in ("prompt", "completion"):
            tokens.add_metric([*_labels(by_key[row["run"]]), direction], row[direction] or 0)
    yield tokens
    failed = answers.filter(state=AnswerState.FAILED).values("run", "error_kind").annotate(n=Count("pk"))
    rows = (([*_labels(by_key[row["run"]]), row["error_kind"]], row["n"]) for row in failed)
    yield _gauge("sbs_run_failures", "Failed answers by cause.", [*RUN, "cause"], rows)


def _queues() -> Iterator[Metric]:
    depths = queue_depths()
    waiting = (([depth.name], depth.waiting) for depth in depths)
    yield _gauge("sbs_queue_waiting_answers", "Answers that wait for this queue's workers.", ["queue"], waiting)
    messages = (([depth.name], depth.messages) for depth in depths)
    yield _gauge("sbs_queue_messages", "Messages in the broker.", ["queue"], messages)
    workers = (([depth.name], depth.workers) for depth in depths)
    yield _gauge("sbs_queue_workers", "Workers that listen and were seen lately.", ["queue"], workers)
    expired = Answer.objects.filter(state=AnswerState.RUNNING, lease_until__lt=Now()).count()
    yield _gauge("sbs_expired_leases", "Answers whose worker stopped answering.", [], [([], expired)])


def _workers() -> Iterator[Metric]:
    found = list(workers_now())
    state = (([w.name, w.queues, w.model, "silent" if w.is_silent else w.state], 1) for w in found)
    yield _gauge("sbs_worker", "1 for each worker, with what it is at.", ["worker", "queues", "model", "state"], state)
    memory = (([w.name], None if w.memory_mb is None else w.memory_mb * 2**20) for w in found)
    yield _gauge("sbs_worker_memory_bytes", "Resident memory.", ["worker"], memory)
    seen = (([w.name], w.seen_at.timestamp()) for w in found)
    yield _gauge("sbs_worker_seen_timestamp_seconds", "When the worker was last seen.", ["worker"], seen)
