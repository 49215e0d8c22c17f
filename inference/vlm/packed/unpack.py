"""From a packed model to the folder that pipelines name, `vlm/<name>`, in seconds."""

import hashlib
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file

from inference.errors import ModelUnavailable
from inference.models.gguf import sha256_of
from inference.models.lora import CONFIG as LORA_CONFIG
from inference.models.replaced import FileState, folder_states
from inference.models.shipped import WEIGHTS
from inference.vlm.build import Vlm, build_vlm
from inference.vlm.model_folder import UNPACKED, holds_model, lock_of, new_model_folder
from inference.vlm.packed.manifest import MANIFEST, PARTS, must_be_same_llm, read_manifest
from inference.vlm.recipe import TrainSpec
from inference.vlm.training.parts import Adapted, load_trained

CARDS = ("card.json", "README.md")


@dataclass(frozen=True)
class Mark:
    """Written into what was unpacked: which packed model it is, so that another one replaces it."""

    FILE = UNPACKED
    digest: str

    def write(self, folder: Path) -> None:
        (folder / self.FILE).write_text(self.digest)

    def is_on(self, folder: Path) -> bool:
        path = folder / self.FILE
        return path.is_file() and path.read_text() == self.digest


def mark_of(folder: Path) -> Mark:
    return mark_at(folder, folder_states([str(folder.resolve())], folder))


@cache
def mark_at(folder: Path, states: tuple[FileState, ...]) -> Mark:
    """Read anew only when a file changed: a worker asks before every model that it loads."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in CARDS)
    return Mark(hashlib.sha256("".join(f"{path.name} {sha256_of(path)}\n" for path in files).encode()).hexdigest())


def shipped() -> list[Path]:
    """Packed models first, then low-rank updates, which are laid on them."""
    found = sorted(path.parent for path in WEIGHTS.glob(f"*/{MANIFEST}"))
    return found + sorted(path.parent for path in WEIGHTS.glob(f"*/{LORA_CONFIG}"))


def unpack(packed: Path, model_dir: Path) -> Path:
    """`vlm/<name>` below `model_dir` from the folder `packed`, whole or not at all; at once where it is there already.

    A low-rank update (a folder as peft writes it) is copied. What was trained here under the same name is left as it
    is. Two processes may ask at once: one builds, the other waits. Raises ModelUnavailable.
    """
    name = packed.name if (packed / LORA_CONFIG).is_file() else read_manifest(packed).model.name
    folder, mark = model_dir / "vlm" / name, mark_of(packed)
    if is_done(folder, mark):
        return folder
    with lock_of(name, model_dir):
        if not is_done(folder, mark):
            with new_model_folder(name, model_dir) as draft:
                fill(packed, draft, model_dir)
                mark.write(draft)
    return folder


def is_done(folder: Path, mark: Mark) -> bool:
    """A model without a mark was trained here."""
    return holds_model(folder) and (mark.is_on(folder) or not (folder / Mark.FILE).exists())


def fill(packed: Path, partial: Path, model_dir: Path) -> None:
    if (packed / LORA_CONFIG).is_file():
        shutil.copytree(packed, partial, dirs_exist_ok=True)
        return
    assembled(packed, model_dir).save(partial)
    for card in CARDS:
        if (packed / card).is_file():
            shutil.copy(packed / card, partial)


def assembled(packed: Path, model_dir: Path) -> Vlm:
    """The model in memory. Raises ModelUnavailable."""
    manifest = read_manifest(packed)
    must_be_same_llm(manifest, model_dir)
    vlm = build_vlm(manifest.model, model_dir)
    load_parts(vlm, read_file(packed / PARTS))
    for found in manifest.loras:
        adapted = Adapted(vlm, TrainSpec(lora=found.lora))
        load_trained(vlm.model, packed / found.file)
        adapted.finish()
    return vlm


def load_parts(vlm: Vlm, state: dict[str, Any]) -> None:
    try:
        unknown = vlm.model.load_state_dict(state, strict=False).unexpected_keys
    except RuntimeError as error:
        raise ModelUnavailable(f"{PARTS} does not fit the architecture: {error}") from error
    if unknown:
        raise ModelUnavailable(f"{PARTS} holds {unknown[0]}, which the architecture has not.")


def read_file(path: Path) -> dict[str, Any]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelUnavailable(f"{path} can't be read: {error}. Take the folder from the repository again.") from error
