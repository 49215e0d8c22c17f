"""From a trained model to the folder that pipelines name, `vlm/<name>`, with its card."""

from pathlib import Path

from inference.spec.model import ModelSpec
from inference.vlm.build import Vlm
from inference.vlm.model_folder import new_model_folder
from inference.vlm.recipe import Recipe
from inference.vlm.training.card import Assessed, facts_of, write_card
from inference.vlm.training.evaluate import evaluate
from inference.vlm.training.hooks import Hooks
from inference.vlm.training.written import written


def publish(vlm: Vlm, recipe: Recipe, model_dir: Path, hooks: Hooks) -> Path:
    """Whole or not at all: what stood in the folder before is replaced at once. Raises BadData, ModelUnavailable,
    TrainingStopped.
    """
    name = recipe.model.name
    with new_model_folder(name, model_dir) as draft:
        vlm.save(draft)
        write_card(draft, recipe, facts_of(vlm, recipe, assess(vlm, recipe, draft, model_dir, hooks), model_dir))
        hooks.go_on()
    return model_dir / "vlm" / name


def assess(vlm: Vlm, recipe: Recipe, folder: Path, model_dir: Path, hooks: Hooks) -> Assessed | None:
    """What `vlm`, saved in `folder`, can do; None where the recipe asks for no evaluation."""
    spec = recipe.evaluation
    if spec is None:
        return None
    score = evaluate(vlm, spec, model_dir, hooks)
    return Assessed(spec, score, written(finished(vlm, folder), spec, score, model_dir, hooks))


def finished(vlm: Vlm, folder: Path) -> ModelSpec:
    """As a pipeline names what `vlm.save` wrote into `folder`."""
    here, device = str(folder.resolve()), str(vlm.model.device)
    if vlm.lora is not None:
        return ModelSpec(engine="transformers", source=vlm.base, lora=here, device=device)
    return ModelSpec(engine="transformers", source=here, device=device)
