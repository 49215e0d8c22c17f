"""The one runner that a worker process keeps, for the pipeline revision it last worked on."""

from __future__ import annotations

import gc
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.utils.module_loading import import_string

from apps.generation.services.results import StoredResults
from inference.errors import ModelUnavailable, is_fatal, must_pass

if TYPE_CHECKING:
    from pathlib import Path

    from apps.pipelines.models import PipelineRevision
    from inference.contracts import BatchRunner, ResultStore

logger = logging.getLogger(__name__)
EXIT_UNUSABLE = 70


def build_runner(spec: dict[str, Any], *, model_dir: Path, store: ResultStore | None = None) -> BatchRunner:
    """What `settings.GENERATION_RUNNER` names by default."""
    from inference.runner import make_runner  # here, since only workers need it
    from inference.spec import load_spec

    return make_runner(load_spec(spec), model_dir=model_dir, store=store)


@dataclass
class _Resident:
    """`key` is the revision's hash, whether results may come from the store and the files of its models."""

    key: tuple[object, ...] = ()
    runner: BatchRunner | None = None


_resident = _Resident()


def resident_runner(revision: PipelineRevision, *, use_cache: bool = True) -> BatchRunner:
    """The runner of `revision`. Another one's is let go first, but for the models both use; so is one whose models'
    folders were replaced. Not thread-safe.

    Raises ModelUnavailable, whatever went wrong: a spec this version can't read, a missing package, no memory. A GPU
    whose context is lost ends the process.
    """
    key = (revision.sha256, use_cache, _model_files(revision.spec))
    if _resident.runner is not None and _resident.key == key:
        return _resident.runner
    forget_runner()
    _resident.runner, _resident.key = _build(revision.spec, use_cache=use_cache), key
    return _resident.runner


def _model_files(spec: dict[str, Any]) -> tuple[object, ...]:
    from inference.models.replaced import folder_states  # here, since only workers need it

    models = spec.get("models", {}).values()
    return folder_states([model.get(key) for model in models for key in ("source", "lora")], settings.MODEL_DIR)


def _build(spec: dict[str, Any], *, use_cache: bool) -> BatchRunner:
    build = import_string(settings.GENERATION_RUNNER)
    try:
        runner: BatchRunner = build(spec, model_dir=settings.MODEL_DIR, store=StoredResults() if use_cache else None)
    except ModelUnavailable:
        raise
    except Exception as error:
        if is_fatal(error):
            logger.exception("the process ends, since its device is lost")
            end_process()
        if must_pass(error):
            raise
        raise ModelUnavailable(f"{type(error).__name__}: {error}") from error
    return runner


def ask_servers_anew() -> None:
    """Where a server did not answer, another may answer next time, with another model: let go of what was known."""
    from inference.residents import let_go_of_servers  # here, since only workers need it

    forget_runner()
    let_go_of_servers()


def forget_runner() -> None:
    if _resident.runner is not None:
        _resident.runner = None
        gc.collect()


def end_process() -> NoReturn:
    """At once: the pool starts a new process, the sweeper takes back what leases are left."""
    os._exit(EXIT_UNUSABLE)
