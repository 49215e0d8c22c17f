"""The one runner that a worker process keeps, for the pipeline revision it last worked on."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from inference.errors import ModelUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from apps.pipelines.models import PipelineRevision
    from inference.contracts import BatchRunner


def build_runner(spec: dict[str, Any], *, model_dir: Path) -> BatchRunner:
    """What `settings.GENERATION_RUNNER` names by default."""
    from inference.runner import make_runner  # here, since only workers need it
    from inference.spec import load_spec

    return make_runner(load_spec(spec), model_dir=model_dir)


@dataclass
class _Resident:
    sha256: str = ""
    runner: BatchRunner | None = None


_resident = _Resident()


def resident_runner(revision: PipelineRevision) -> BatchRunner:
    """The runner of `revision`; another one's models are let go first, since both may not fit. Not thread-safe.

    Raises ModelUnavailable, whatever went wrong: a spec this version can't read, a missing package, no memory.
    """
    if _resident.runner is not None and _resident.sha256 == revision.sha256:
        return _resident.runner
    forget_runner()
    build = import_string(settings.GENERATION_RUNNER)
    try:
        _resident.runner = build(revision.spec, model_dir=settings.MODEL_DIR)
    except ModelUnavailable:
        raise
    except Exception as error:
        raise ModelUnavailable(f"{type(error).__name__}: {error}") from error
    _resident.sha256 = revision.sha256
    return _resident.runner


def forget_runner() -> None:
    if _resident.runner is not None:
        _resident.runner = None
        gc.collect()
