"""Who works: the queues with what waits in them, the workers with what they say of themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from celery import current_app
from django.core.cache import cache
from django.db.models import Count, ExpressionWrapper, F, Q
from django.db.models.fields import BooleanField
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from apps.generation.domain.queues import QUEUES, Queue, queue_for
from apps.generation.models import Answer, AnswerState, Run, RunState, Trial, Worker
from inference.engines import engines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias, TypedDict

    from django.db.models import QuerySet
    from django_stubs_ext import WithAnnotations

    from apps.pipelines.models import PipelineRevision

    class Silence(TypedDict):
        is_silent: bool

    WorkerNow: TypeAlias = WithAnnotations[Worker, Silence]

SILENT = timedelta(seconds=30)
BROKER_SECONDS = 2
KEPT_SECONDS = 5


@dataclass(frozen=True)
class QueueDepth:
    """Answers and trials that wait for this queue's workers; messages in it, None when the broker does not answer."""

    name: Queue
    waiting: int
    messages: int | None
    workers: int

    @property
    def is_unattended(self) -> bool:
        return self.waiting > 0 and self.workers == 0


class OfRevision(Protocol):
    @property
    def revision(self) -> PipelineRevision: ...


def queue_of(work: OfRevision) -> Queue:
    """Where the workers listen that can serve a run of this revision."""
    return queue_for(work.revision.spec, remote=[name for name, engine in engines().items() if not engine.in_process])


def queue_depths() -> list[QueueDepth]:
    """Every queue. Counts answers of all runs, whoever may see them."""
    waiting, messages = _waiting_by_queue(), queue_messages()
    listening = _listening()
    return [QueueDepth(name, waiting.get(name, 0), messages.get(name), listening[name]) for name in QUEUES]


def unattended_trials(trials: Iterable[Trial]) -> set[int]:
    """The primary keys of those that wait, and no worker listens to a queue from which it may serve them."""
    waiting = [trial for trial in trials if trial.state == AnswerState.WAITING]
    listening = _listening() if waiting else Counter()
    return {trial.pk for trial in waiting if not listening["live"] and not listening[trial.queue]}


def _listening() -> Counter[str]:
    """Workers by queue, without silent ones."""
    seen = Worker.objects.filter(seen_at__gte=Now() - SILENT)
    return Counter(name for worker in seen for name in set(worker.listens_to))


def _waiting_by_queue() -> dict[Queue, int]:
    waiting = Answer.objects.filter(state=AnswerState.WAITING, run__state=RunState.ACTIVE).order_by()
    counts = {row["run"]: row["n"] for row in waiting.values("run").annotate(n=Count("pk"))}
    found: dict[Queue, int] = {}
    for run in Run.objects.filter(pk__in=counts).select_related("revision"):
        queue = queue_of(run)
        found[queue] = found.get(queue, 0) + counts[run.pk]
    return found | {"live": Trial.objects.filter(state=AnswerState.WAITING).count()}


def workers_now() -> QuerySet[WorkerNow]:
    """With `is_silent`: not seen for `SILENT`, so paused, lost, or without a database."""
    silent = ExpressionWrapper(Q(seen_at__lt=Now() - SILENT), output_field=BooleanField())
    return Worker.objects.annotate(is_silent=silent).order_by(F("is_silent"), "host", "pid")


def queue_messages() -> dict[Queue, int]:
    """Messages by queue, at most `KEPT_SECONDS` old; {} when the broker does not answer."""
    found: dict[Queue, int] | None = cache.get("generation.queue_messages")
    if found is None:
        found = _ask_broker()
        cache.set("generation.queue_messages", found, KEPT_SECONDS)
    return found


def _ask_broker() -> dict[Queue, int]:
    options = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with current_app.connection_for_read(transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
            return {name: _message_count(broker, name) for name in QUEUES}
    except (OSError, OperationalError):
        return {}


def _message_count(broker: object, name: Queue) -> int:
    """0 as well for a queue that nobody has used yet, since the broker does not know it."""
    try:
        with broker.channel() as channel:  # type: ignore[attr-defined]
            return int(channel.queue_declare(queue=name, passive=True).message_count)
    except broker.channel_errors:  # type: ignore[attr-defined]
        return 0
