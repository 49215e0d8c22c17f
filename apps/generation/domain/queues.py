"""Which workers a message is for. Celery's settings list the same names; a worker may listen to several."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args

Queue = Literal["gpu", "cpu", "live", "control"]
QUEUES: tuple[Queue, ...] = get_args(Queue)


def queue_for(spec: Mapping[str, Any], *, remote: Collection[str] = ()) -> Queue:
    """`gpu` for a pipeline with a model in the worker's own memory, `cpu` for one without.

    `remote` are the engines whose models run elsewhere. `live` is the playground's, `control` the sweeper's.
    """
    models = spec.get("models") or {}
    return "gpu" if any(model.get("engine") not in remote for model in models.values()) else "cpu"
