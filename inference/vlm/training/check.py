"""What a recipe would do, before it does it: what each stage reads, learns and needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from inference.errors import ModelUnavailable
from inference.models.free_memory import free_bytes
from inference.vlm.build import Vlm
from inference.vlm.data.dataset import Samples
from inference.vlm.data.preview import preview
from inference.vlm.recipe import Recipe, Stage
from inference.vlm.training.stage import Job, job_of, needed_bytes


@dataclass(frozen=True)
class StageCheck:
    """`problem` says what keeps the stage from being trained. Bytes are an estimate; `trained` counts parameters."""

    id: str
    samples: int = 0
    trained: int = 0
    needed_bytes: int = 0
    free_bytes: int = 0
    problem: str = ""
    preview: list[str] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        return self.needed_bytes <= self.free_bytes


def check_stages(vlm: Vlm, recipe: Recipe, model_dir: Path, on: torch.device) -> Iterator[StageCheck]:
    """One after the other, since each reads all its data; up to the first that can't be trained."""
    for stage in recipe.stages:
        try:
            yield check_stage(vlm, stage, model_dir, on)
        except ModelUnavailable as error:
            yield StageCheck(stage.id, problem=str(error))
            return


def check_stage(vlm: Vlm, stage: Stage, model_dir: Path, on: torch.device) -> StageCheck:
    loaded = sum(value.numel() * value.element_size() for value in vlm.model.parameters())
    job = job_of(vlm, stage, model_dir)
    try:
        return StageCheck(
            id=stage.id,
            samples=job.size,
            trained=sum(value.numel() for value in job.module.parameters() if value.requires_grad),
            needed_bytes=needed_bytes(vlm, stage, job),
            free_bytes=free_bytes(on) + (loaded if on.type == "cpu" else 0),
            preview=list(shown(vlm, stage, model_dir, job)),
        )
    finally:
        job.finish()


def shown(vlm: Vlm, stage: Stage, model_dir: Path, job: Job) -> Iterator[str]:
    read = job.samples if isinstance(job.samples, Samples) else None
    yield from preview(vlm, stage, model_dir, samples=read)
