"""Packs a trained model: half-precision files of what training made, with a card about the rounded weights."""

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.errors import ModelUnavailable
from inference.folders import draft_of, put_in_place
from inference.models.shipped import WEIGHTS
from inference.vlm.architecture import Architecture
from inference.vlm.build import Vlm, build_vlm
from inference.vlm.model_folder import new_model_folder
from inference.vlm.packed.manifest import LIMIT, MANIFEST, PARTS, Manifest, PackedLora, llm_hash
from inference.vlm.packed.unpack import assembled, mark_of
from inference.vlm.recipe import Recipe, Stage
from inference.vlm.training.card import facts_of, write_card
from inference.vlm.training.hooks import Hooks
from inference.vlm.training.parts import LORA
from inference.vlm.training.publish import assess
from inference.vlm.training.work import MARK, RESULT, marked, take_learned, work_folder

Say = Callable[[str], None]


def pack(recipe: Recipe, model_dir: Path, say: Say, folder: Path | None = None) -> Path:
    """The packed model in `folder`, by default where shipped ones lie; and `vlm/<name>` built from it, so that what is
    used here is what others get. Needs the stages' results and, for the evaluation, the data. Raises ModelUnavailable.
    """
    if not isinstance(recipe.model, Architecture):
        raise ModelUnavailable(
            "Only a model with an architecture of its own is packed; a LoRA's folder is small as it is."
        )
    folder = folder or WEIGHTS / recipe.model.name
    must_be_packed(folder)
    with draft_of(folder) as packed:
        say("putting together what was trained")
        write_files(trained(recipe, model_dir), recipe, recipe.model, model_dir, packed)
        refuse_large(packed)
        say("building the model from the rounded weights")
        vlm = assembled(packed, model_dir)
        with new_model_folder(recipe.model.name, model_dir) as built:
            vlm.save(built)
            say("evaluating it")
            facts = facts_of(vlm, recipe, assess(vlm, recipe, built, model_dir, Hooks()), model_dir)
            for place in (packed, built):
                write_card(place, recipe, facts)
            mark_of(packed).write(built)
        return put_in_place(packed, folder)


def must_be_packed(folder: Path) -> None:
    if folder.exists() and not (folder / MANIFEST).is_file():
        raise ModelUnavailable(f"{folder} holds something else than a packed model; name a folder that is not there.")


def trained(recipe: Recipe, model_dir: Path) -> Vlm:
    vlm = build_vlm(recipe.model, model_dir)
    for stage, folder, mark in marked(recipe, model_dir):
        must_be_trained(stage, folder, mark)
        take_learned(vlm, stage, folder)
    return vlm


def must_be_trained(stage: Stage, folder: Path, mark: str) -> None:
    if not (folder / RESULT).exists():
        raise ModelUnavailable(f"Stage {stage.id} is not trained to its end: manage.py vlm train goes on with it.")
    if (folder / MARK).read_text() != mark:
        raise ModelUnavailable(f"Stage {stage.id} was trained with another recipe or other data than these.")


def write_files(vlm: Vlm, recipe: Recipe, model: Architecture, model_dir: Path, folder: Path) -> None:
    """Parts as they are in the end; low-rank updates of the LLM, unless it was trained as a whole."""
    roles = {"adapter"} | {role for role in ("encoder", "llm") if any(getattr(s.train, role) for s in recipe.stages)}
    if model.encoder.config is not None:
        roles.add("encoder")
    names = {name for role in roles for name, _ in vlm.parameters(role)}
    buffers = {name for name, _ in vlm.model.named_buffers() if vlm.adapter.role(name) in roles}
    state = vlm.model.state_dict()
    save_file(halved((name, state[name]) for name in sorted(names | (buffers & set(state)))), folder / PARTS)
    loras = [] if "llm" in roles else [found for stage in recipe.stages if (found := packed_lora(stage))]
    work = work_folder(model.name, model_dir)
    for found in loras:
        learned = load_file(work / found.stage / RESULT)
        save_file(halved((name, value) for name, value in learned.items() if LORA in name), folder / found.file)
    Manifest(model=model, llm_sha256=llm_hash(model.llm, model_dir), loras=loras).write(folder)


def packed_lora(stage: Stage) -> PackedLora | None:
    return None if stage.train.lora is None else PackedLora(stage=stage.id, lora=stage.train.lora)


def halved(state: Iterable[tuple[str, Tensor]]) -> dict[str, Tensor]:
    """Matrices as float16. Vectors are few, and variances among them are too small for it: they stay as they are."""
    kept = {}
    for name, value in state:
        rounded = value.half() if value.dim() > 1 and value.is_floating_point() else value
        if not torch.isfinite(rounded.float()).all():
            raise ModelUnavailable(f"{name} has numbers that half precision can't hold: the training went astray.")
        kept[name] = rounded.contiguous().clone()
    return kept


def refuse_large(folder: Path) -> None:
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > LIMIT:
        raise ModelUnavailable(
            f"The packed model would have {size / 1e6:,.0f} MB, and {LIMIT / 1e6:,.0f} MB are the limit. Train the LLM "
            "by lora, or with a lower rank; or ship the finished folder by other means."
        )
