"""The folder of a training that is under way or done: `vlm/.work/<name>/<stage>`, with what each stage learned."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import filelock
from safetensors.torch import save_file

from inference.errors import BeingTrained, ModelUnavailable
from inference.models.gguf import sha256_of
from inference.vlm.architecture import Architecture
from inference.vlm.build import Vlm
from inference.vlm.data.rows import open_rows
from inference.vlm.recipe import Recipe, Stage
from inference.vlm.training.hooks import Tell
from inference.vlm.training.parts import load_trained, trained_state
from inference.vlm.training.stage import Job, adapt

RESULT, LOG, MARK = "learned.safetensors", "log.jsonl", "fingerprint"


def work_folder(name: str, model_dir: Path) -> Path:
    return model_dir / "vlm" / ".work" / name


def held(work: Path, patience: float = 0) -> filelock.FileLock:
    """Raises BeingTrained where another process still trains the same model after `patience` seconds."""
    work.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(work / ".lock", timeout=patience)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise BeingTrained(f"{work.name} is being trained by another process; wait for it or end it.") from None
    return lock


def keep(job: Job, folder: Path) -> None:
    """What was learned, whole or not at all; the checkpoints on the way to it are no more needed."""
    partial = folder / f"{RESULT}.partial"
    save_file(trained_state(job.learned), partial)
    partial.rename(folder / RESULT)
    for checkpoint in folder.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)


def take_learned(vlm: Vlm, stage: Stage, folder: Path) -> None:
    """`vlm` as it is after a stage whose result lies in `folder`."""
    learned, adapted = adapt(vlm, stage)
    load_trained(learned, folder / RESULT)
    adapted.finish()


def marked(recipe: Recipe, model_dir: Path) -> Iterator[tuple[Stage, Path, str]]:
    """Each stage with its folder and its fingerprint. Raises BadData for data that are not there."""
    hashes = base_hashes(recipe, model_dir)
    for place, stage in enumerate(recipe.stages):
        hashes |= data_hashes(stage, model_dir)
        yield stage, work_folder(recipe.model.name, model_dir) / stage.id, fingerprint(recipe, place, hashes)


def must_match(folder: Path, mark: str, stage: Stage) -> None:
    """What was trained with another recipe or other data is not gone on with. The other processes of one training read
    the mark while it is written, so it is there whole or not at all."""
    path, partial = folder / MARK, folder / f"{MARK}.{uuid4().hex}.partial"
    if not path.exists():
        partial.write_text(mark)
        partial.rename(path)
    if path.read_text() != mark:
        raise ModelUnavailable(
            f"The recipe or its data changed since stage {stage.id} was begun. Take the change back to go on, start "
            "over with --again, or give the changed model another name."
        )


def base_hashes(recipe: Recipe, model_dir: Path) -> dict[str, str]:
    """Of the weights that are trained further."""
    if isinstance(recipe.model, Architecture):
        return {}
    files = sorted((model_dir / recipe.model.base).glob("*.safetensors"))
    return {f"{recipe.model.base}/{path.name}": sha256_of(path) for path in files}


def data_hashes(stage: Stage, model_dir: Path) -> dict[str, str]:
    return {path: sha256_of(open_rows(model_dir / path).path) for path in stage.paths}


def all_hashes(recipe: Recipe, model_dir: Path) -> dict[str, str]:
    found = (data_hashes(stage, model_dir) for stage in recipe.stages)
    return base_hashes(recipe, model_dir) | {path: value for hashes in found for path, value in hashes.items()}


def fingerprint(recipe: Recipe, place: int, hashes: Mapping[str, str]) -> str:
    """Of everything a recipe says that decides what stage `place` learns, save how often it is saved. What it leaves
    unsaid is not part of it: a key that recipes may hold one day changes no fingerprint of those that don't.
    """
    stages = [said(stage.model_dump(mode="json", exclude_defaults=True)) for stage in recipe.stages[: place + 1]]
    model = recipe.model.model_dump(mode="json", exclude_defaults=True)
    decided = {"model": model, "stages": stages, "data": dict(hashes)}
    return hashlib.sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()


def said(stage: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stage.items() if name != "save_every"}


@dataclass(frozen=True)
class Spent:
    """`cpu_minutes` of all cores together, None where a log does not say; `clock_minutes` pass on the wall."""

    steps: int
    cpu_minutes: float | None
    clock_minutes: float


def spent(folder: Path) -> Spent:
    """What a stage took until now, in all the processes that worked on it."""
    rows = log_rows(folder / LOG)
    last: dict[str, Any] = {name: value for row in rows for name, value in row.items()}
    clock = last.get("clock_seconds", last.get("train_runtime", 0.0))
    cpu = last.get("cpu_seconds")
    return Spent(int(last.get("step", 0)), None if cpu is None else cpu / 60, clock / 60)


def log_rows(path: Path) -> list[dict[str, Any]]:
    """A line that was cut short by a kill is left out."""
    rows = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def logged(folder: Path, stage: Stage, tell: Tell) -> Tell:
    """Writes what the trainer says into the stage's log, with the time spent since the stage was first begun."""
    before = spent(folder)
    cpu, clock = time.process_time(), time.monotonic()

    def write(facts: Mapping[str, Any]) -> None:
        times = {
            "cpu_seconds": round((before.cpu_minutes or 0) * 60 + time.process_time() - cpu, 1),
            "clock_seconds": round(before.clock_minutes * 60 + time.monotonic() - clock, 1),
        }
        with (folder / LOG).open("a") as file:
            file.write(json.dumps({**facts, **times}) + "\n")
        tell({"stage": stage.id, **facts, **times})

    return write
