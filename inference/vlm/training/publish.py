"""From a trained model to the folder that pipelines name, `vlm/<name>`, with its card."""

import shutil
from pathlib import Path

from inference.spec.model import ModelSpec
from inference.vlm.build import Vlm
from inference.vlm.recipe import Recipe
from inference.vlm.training.card import Assessed, facts_of, write_card
from inference.vlm.training.evaluate import evaluate
from inference.vlm.training.work import work_folder
from inference.vlm.training.written import written


def publish(vlm: Vlm, recipe: Recipe, model_dir: Path) -> Path:
    """Whole or not at all: what stood in the folder before is replaced at once. Raises BadData, ModelUnavailable."""
    partial = work_folder(recipe.model.name, model_dir) / "finished"
    shutil.rmtree(partial, ignore_errors=True)
    vlm.save(partial)
    write_card(partial, recipe, facts_of(vlm, recipe, assess(vlm, recipe, partial, model_dir), model_dir))
    return put_in_place(partial, model_dir / "vlm" / recipe.model.name)


def assess(vlm: Vlm, recipe: Recipe, folder: Path, model_dir: Path) -> Assessed | None:
    """What `vlm`, saved in `folder`, can do; None where the recipe asks for no evaluation."""
    spec = recipe.evaluation
    if spec is None:
        return None
    score = evaluate(vlm, spec, model_dir)
    return Assessed(spec, score, written(finished(vlm, folder), spec, score, model_dir))


def finished(vlm: Vlm, folder: Path) -> ModelSpec:
    """As a pipeline names what `vlm.save` wrote into `folder`."""
    here, device = str(folder.resolve()), str(vlm.model.device)
    if vlm.lora is not None:
        return ModelSpec(engine="transformers", source=vlm.base, lora=here, device=device)
    return ModelSpec(engine="transformers", source=here, device=device)


def put_in_place(partial: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder
