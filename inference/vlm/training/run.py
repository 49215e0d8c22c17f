"""A recipe from beginning to end: its stages one after the other, then a folder that pipelines load, with a card."""

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import torch
from accelerate import PartialState

from inference.models.weights import pick_device
from inference.vlm.build import Vlm, build_vlm
from inference.vlm.model_folder import must_be_free, must_not_be_unpacked
from inference.vlm.recipe import Recipe, Stage
from inference.vlm.training.hooks import Hooks, Saved, Tell, never, nothing
from inference.vlm.training.publish import publish
from inference.vlm.training.stage import job_of, train_stage
from inference.vlm.training.work import RESULT, held, keep, logged, marked, must_match, take_learned, work_folder


def train(
    recipe: Recipe,
    model_dir: Path,
    tell: Tell,
    *,
    again: bool = False,
    replace_unpacked: bool = False,
    device: str = "auto",
    stop: Callable[[], bool] = never,
    saved: Callable[[Saved], None] = nothing,
    patience: float = 0,
) -> Path:
    """The folder of the finished model, `vlm/<name>` below `model_dir`. Work lies in `vlm/.work/<name>` meanwhile: the
    same call goes on where an earlier one was cut off; `again` forgets it. What was unpacked under the name is kept
    unless `replace_unpacked`. `stop` and `saved` are those of Hooks. Waits `patience` seconds for another process that
    trains the same name. Raises ModelUnavailable, NotANumber, TrainingStopped.
    """
    hooks = Hooks(tell, stop, saved)
    must_be_free(recipe.model.name, model_dir)
    if not replace_unpacked:
        must_not_be_unpacked(recipe.model.name, model_dir)
    work = work_folder(recipe.model.name, model_dir)
    on = pick_device(device)
    together = PartialState(cpu=on.type == "cpu")  # the processes of `accelerate launch`, or this one alone
    with held(work, patience) if together.is_main_process else nullcontext():
        if again and together.is_main_process:
            for stage in recipe.stages:
                shutil.rmtree(work / stage.id, ignore_errors=True)
        together.wait_for_everyone()
        vlm = build_vlm(recipe.model, model_dir)
        for stage, folder, mark in marked(recipe, model_dir):
            run_stage(vlm, stage, folder, model_dir, mark, on, hooks)
        if together.is_main_process:
            vlm.model.to(on)
            publish(vlm, recipe, model_dir, hooks)
        together.wait_for_everyone()
        return model_dir / "vlm" / recipe.model.name


def run_stage(
    vlm: Vlm, stage: Stage, folder: Path, model_dir: Path, mark: str, device: torch.device, hooks: Hooks
) -> None:
    """Trains what is not trained yet; loads what is."""
    folder.mkdir(parents=True, exist_ok=True)
    must_match(folder, mark, stage)
    if (folder / RESULT).exists():
        take_learned(vlm, stage, folder)
        return
    hooks.go_on()
    job = job_of(vlm, stage, model_dir)
    logging = replace(hooks, tell=logged(folder, stage, hooks.tell))
    train_stage(vlm, stage, job, folder, device, logging)
    vlm.model.to("cpu")
    if PartialState().is_main_process:
        keep(job, folder)
    job.finish()
    PartialState().wait_for_everyone()
