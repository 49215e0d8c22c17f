"""A recipe that is trained in a second, with its data and its LLM of 30,000 weights."""

from pathlib import Path

from inference.tests.test_vlm_training import STAGES, make_recipe
from inference.tests.vlm_makers import architecture_yaml


def write_data(folder: Path, *, steps: int) -> str:
    """The recipe's YAML; what it reads is put into `folder`."""
    stages = STAGES.replace("steps: 12", f"steps: {steps}")
    make_recipe(folder, stages)
    return "model:\n" + "".join(f"  {line}\n" for line in architecture_yaml().splitlines()) + stages
