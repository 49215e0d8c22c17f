"""A recipe from beginning to end: its stages one after the other, then a folder that pipelines load, with a card."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock
import torch
from accelerate import PartialState
from safetensors.torch import save_file

from inference.errors import ModelUnavailable, TrainingStopped
from inference.models.weights import pick_device
from inference.vlm.build import Vlm, build_vlm
from inference.vlm.data.rows import hash_of, open_rows
from inference.vlm.recipe import Recipe, Stage
from inference.vlm.training.card import write_card
from inference.vlm.training.evaluate import Score, evaluate
from inference.vlm.training.hooks import Hooks, Saved, Tell, never, nothing
from inference.vlm.training.parts import load_trained, trained_state
from inference.vlm.training.stage import Job, adapt, job_of, train_stage

RESULT = "learned.safetensors"


def train(
    recipe: Recipe,
    model_dir: Path,
    tell: Tell,
    *,
    again: bool = False,
    device: str = "auto",
    stop: Callable[[], bool] = never,
    saved: Callable[[Saved], None] = nothing,
    patience: float = 0,
) -> Path:
    """The folder of the finished model, `vlm/<name>` below `model_dir`. Work lies in `vlm/.work/<name>` meanwhile: the
    same call goes on where an earlier one was cut off; `again` forgets it. `stop` and `saved` are those of Hooks.
    Waits `patience` seconds for another process that trains the same name. Raises ModelUnavailable, NotANumber,
    TrainingStopped.
    """
    hooks = Hooks(tell, stop, saved)
    name = recipe.model.name
    work = model_dir / "vlm" / ".work" / name
    work.mkdir(parents=True, exist_ok=True)
    on = pick_device(device)
    together = PartialState(cpu=on.type == "cpu")  # the processes of `accelerate launch`, or this one alone
    with held(work, patience) if together.is_main_process else nullcontext():
        if again and together.is_main_process:
            for stage in recipe.stages:
                shutil.rmtree(work / stage.id, ignore_errors=True)
        together.wait_for_everyone()
        vlm = build_vlm(recipe.model, model_dir)
        hashes: dict[str, str] = {}
        for place, stage in enumerate(recipe.stages):
            hashes |= data_hashes(stage, model_dir)
            run_stage(vlm, stage, work / stage.id, model_dir, fingerprint(recipe, place, hashes), on, hooks)
        folder = model_dir / "vlm" / name
        if together.is_main_process:
            vlm.model.to(on)
            go_on(hooks)
            score = evaluate(vlm, recipe.evaluation, model_dir) if recipe.evaluation else None
            go_on(hooks)
            publish(vlm, recipe, work, hashes, score, folder)
        together.wait_for_everyone()
        return folder


def go_on(hooks: Hooks) -> None:
    """Raises TrainingStopped between stages; what was trained lies in their folders."""
    if hooks.stop():
        raise TrainingStopped("The training was stopped between two stages; it can go on there.")


def held(work: Path, patience: float) -> filelock.FileLock:
    lock = filelock.FileLock(work / "lock", timeout=patience)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise ModelUnavailable(f"{work.name} is being trained by another process; wait for it or end it.") from None
    return lock


def run_stage(
    vlm: Vlm, stage: Stage, folder: Path, model_dir: Path, mark: str, device: torch.device, hooks: Hooks
) -> None:
    """Trains what is not trained yet; loads what is."""
    folder.mkdir(parents=True, exist_ok=True)
    must_match(folder / "fingerprint", mark, stage)
    if (folder / RESULT).exists():
        learned, adapted = adapt(vlm, stage)
        load_trained(learned, folder / RESULT)
        adapted.finish()
        return
    go_on(hooks)
    job = job_of(vlm, stage, model_dir)
    logging = replace(hooks, tell=logged(folder / "log.jsonl", stage, hooks.tell))
    train_stage(vlm, stage, job, folder, device, logging)
    vlm.model.to("cpu")
    if PartialState().is_main_process:
        keep(job, folder)
    job.finish()
    PartialState().wait_for_everyone()


def keep(job: Job, folder: Path) -> None:
    """What was learned, whole or not at all; the checkpoints on the way to it are no more needed."""
    partial = folder / f"{RESULT}.partial"
    save_file(trained_state(job.learned), partial)
    partial.rename(folder / RESULT)
    for checkpoint in folder.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)


def must_match(path: Path, mark: str, stage: Stage) -> None:
    """What was trained with another recipe or other data is not gone on with."""
    if not path.exists():
        path.write_text(mark)
    elif path.read_text() != mark:
        raise ModelUnavailable(
            f"The recipe or its data changed since stage {stage.id} was begun. Take the change back to go on, start "
            "over with --again, or give the changed model another name."
        )


def logged(path: Path, stage: Stage, tell: Tell) -> Tell:
    def write(facts: Mapping[str, Any]) -> None:
        with path.open("a") as file:
            file.write(json.dumps(facts) + "\n")
        tell({"stage": stage.id, **facts})

    return write


def data_hashes(stage: Stage, model_dir: Path) -> dict[str, str]:
    paths = [spec.path for spec in stage.data or []] + ([stage.labels.path] if stage.labels else [])
    return {path: hash_of(open_rows(model_dir / path).path) for path in paths}


def fingerprint(recipe: Recipe, place: int, hashes: Mapping[str, str]) -> str:
    """Of everything that decides what stage `place` learns, save how often it is saved."""
    stages = [stage.model_dump(mode="json", exclude={"save_every"}) for stage in recipe.stages[: place + 1]]
    decided = {"model": recipe.model.model_dump(mode="json"), "stages": stages, "data": dict(hashes)}
    return hashlib.sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()


def publish(vlm: Vlm, recipe: Recipe, work: Path, hashes: Mapping[str, str], score: Score | None, folder: Path) -> None:
    """Whole or not at all: what stood in `folder` before is replaced at once."""
    partial = work / "finished"
    shutil.rmtree(partial, ignore_errors=True)
    vlm.save(partial)
    write_card(partial, vlm, recipe, hashes, score)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
