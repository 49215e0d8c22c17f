"""`vlm/<name>` below the model folder: whole or not at all, made by one process at a time, over nothing but a model."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from inference.errors import ModelUnavailable
from inference.folders import draft_of, put_in_place

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
DATA = "data"  # training data lie beside the models
SIGNS = ("config.json", "adapter_config.json")
UNPACKED, BASE = "unpacked.sha256", "base.json"  # written by `packed` and by a LoRA's training


def model_folders(model_dir: Path) -> list[Path]:
    """Of every finished model, trained here or unpacked; drafts and copies under other names are none."""
    found = sorted((model_dir / "vlm").glob("*/"))
    return [folder for folder in found if NAME.fullmatch(folder.name) and holds_model(folder)]


def holds_model(folder: Path) -> bool:
    return folder.name != DATA and any((folder / name).is_file() for name in SIGNS)


def must_be_free(name: str, model_dir: Path) -> None:
    """Raises ModelUnavailable where the folder holds something else than a model, which would be lost."""
    folder = model_dir / "vlm" / name
    if name == DATA or (folder.exists() and not holds_model(folder)):
        raise ModelUnavailable(f"{folder} holds something else than a model: give the recipe's model another name.")


def must_not_be_unpacked(name: str, model_dir: Path) -> None:
    """Raises ModelUnavailable where the folder holds a model that was unpacked, which others may stand on."""
    folder = model_dir / "vlm" / name
    if not (folder / UNPACKED).is_file():
        return
    loras = [found.name for found in model_folders(model_dir) if base_of(found) == f"./vlm/{name}"]
    standing = f" {', '.join(loras)} would not fit any more." if loras else ""
    raise ModelUnavailable(
        f"{folder} holds a model that was unpacked, and training would replace it.{standing} Give the recipe's model "
        "another name, or consent: manage.py vlm train … --replace"
    )


def base_of(folder: Path) -> str:
    """The model that a LoRA stands on; empty for any other folder."""
    try:
        return str(json.loads((folder / BASE).read_text())["source"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def lock_of(name: str, model_dir: Path) -> filelock.FileLock:
    """A process may take it twice."""
    (model_dir / "vlm").mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(model_dir / "vlm" / f".{name}.lock", is_singleton=True)


@contextmanager
def new_model_folder(name: str, model_dir: Path) -> Iterator[Path]:
    """A folder to fill; when all went well it becomes `vlm/<name>`. Raises ModelUnavailable."""
    must_be_free(name, model_dir)
    with draft_of(model_dir / "vlm" / name) as draft:
        yield draft
        with lock_of(name, model_dir):
            put_in_place(draft, model_dir / "vlm" / name)
