"""Which parameters a stage trains: parts of the model, or low-rank updates of the LLM's layers."""

from collections.abc import Mapping
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from inference.errors import ModelUnavailable, NotANumber
from inference.models.lora import Sample, sample
from inference.vlm.build import Lora, Vlm
from inference.vlm.recipe import LoraSpec, TrainSpec

LORA = "lora_"
REMEDY = (
    "The last whole checkpoint is kept. Lower the stage's learning rates, or use precision: float32, and start again "
    "with --again; the same command without a change resumes at the checkpoint."
)


class Adapted:
    """`vlm` with a stage's parts unfrozen. `finish` merges the low-rank updates into the layers they adapt, or leaves
    them to the model as its `lora`.
    """

    def __init__(self, vlm: Vlm, train: TrainSpec) -> None:
        self.vlm, self.train = vlm, train
        self.tuner = None
        vlm.model.requires_grad_(False)
        if train.lora is not None:
            self.made_on, self.tuner = add_lora(vlm, train.lora)
        for role, rate in (("encoder", train.encoder), ("adapter", train.adapter), ("llm", train.llm)):
            for _, value in vlm.parameters(role) if rate else []:
                value.requires_grad_(True)

    @property
    def rates(self) -> Mapping[str, float | None]:
        lora = self.train.lora.rate if self.train.lora else None
        return {"encoder": self.train.encoder, "adapter": self.train.adapter, "llm": self.train.llm, "lora": lora}

    def group_of(self, name: str) -> str:
        return "lora" if LORA in name else self.vlm.adapter.role(name)

    def finish(self) -> None:
        if self.tuner is None or self.train.lora is None:
            return
        if self.train.lora.merge:
            self.vlm.model = self.tuner.merge_and_unload()
        else:
            self.vlm.lora = Lora(self.tuner, self.vlm.base, self.made_on)
        self.tuner = None


def add_lora(vlm: Vlm, spec: LoraSpec) -> tuple[Sample, Any]:
    """Some numbers of the layers as they were, and peft's model around `vlm.model`, which it changes."""
    from peft import LoraConfig, get_peft_model

    layers = [
        name
        for name, module in vlm.model.named_modules()
        if isinstance(module, nn.Linear) and name.rpartition(".")[2] in spec.layers and vlm.adapter.role(name) == "llm"
    ]
    if not layers:
        raise ModelUnavailable(
            f"The LLM has no linear layers called {', '.join(spec.layers)}: give their names as lora.layers."
        )
    made_on = sample(vlm.model, layers)
    return made_on, get_peft_model(vlm.model, LoraConfig(r=spec.rank, lora_alpha=spec.alpha, target_modules=layers))


def trained_state(model: nn.Module) -> dict[str, Tensor]:
    """What training changes: parameters with gradients, and the statistics that their modules keep. Raises NotANumber:
    after a step with endless gradients the weights are broken before any loss tells.
    """
    changing = {name for name, value in model.named_parameters() if value.requires_grad}
    owners = {name.rpartition(".")[0] for name in changing}
    kept = {name for name, _ in model.named_buffers() if name.rpartition(".")[0] in owners}
    state = model.state_dict()
    found = {name: state[name].detach().cpu().contiguous() for name in sorted(changing | (kept & set(state)))}
    for name, value in found.items():
        if value.is_floating_point() and not value.isfinite().all():
            raise NotANumber(f"{name} holds numbers that are none any more. {REMEDY}")
    return found


def save_trained(model: nn.Module, path: Any) -> None:
    save_file(trained_state(model), path)


def load_trained(model: nn.Module, path: Any) -> None:
    """Raises ModelUnavailable when the file is of another model or another stage."""
    found = load_file(path)
    if set(found) != set(trained_state(model)):
        raise ModelUnavailable(
            f"{path} was written with other parts trained: the recipe has changed since. Train with --again, or take "
            "the recipe back."
        )
    model.load_state_dict(found, strict=False)
