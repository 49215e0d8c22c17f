"""transformers' Trainer with our loss, a rate for each part, and checkpoints of what training changes alone.

It brings mixed precision, several GPUs (`accelerate launch`), accumulation, schedules, logs, and resuming.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import SequentialSampler
from transformers import Trainer, TrainerCallback, TrainingArguments

from inference.errors import NotANumber
from inference.vlm.build import Vlm
from inference.vlm.recipe import Stage
from inference.vlm.training.hooks import Hooks, Saved
from inference.vlm.training.loss import answer_loss
from inference.vlm.training.parts import REMEDY, load_trained, save_trained

WHOLE = "whole"  # written last: a checkpoint without it was cut short
WEIGHTS = "trained.safetensors"
KEPT = 2


class StageTrainer(Trainer):
    """`groups` names the learning rate and the parameters of each part."""

    def __init__(self, groups: list[dict[str, Any]], **rest: Any) -> None:
        super().__init__(**rest)
        self.groups = groups

    def compute_loss(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **rest: Any) -> Any:
        loss = self.loss_of(model, inputs)
        if not math.isfinite(value := float(loss.detach())):
            raise NotANumber(f"The loss is {value} at step {self.state.global_step + 1}. {REMEDY}")
        return loss

    def loss_of(self, model: nn.Module, inputs: dict[str, Any]) -> Tensor:
        loss: Tensor = answer_loss(model, inputs) if "input_ids" in inputs else model(**inputs)["loss"]
        return loss

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            self.optimizer = torch.optim.AdamW(self.groups, weight_decay=self.args.weight_decay)
        return self.optimizer

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        """The dataset itself is in order, see `Ordered`."""
        return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)  # type: ignore[arg-type]

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or str(self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        save_trained(self.accelerator.unwrap_model(self.model), folder / WEIGHTS)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_trained(self.accelerator.unwrap_model(self.model), Path(resume_from_checkpoint) / WEIGHTS)


class Watch(TrainerCallback):
    """Marks checkpoints that are whole, passes on what is logged, and stops when asked to."""

    def __init__(self, hooks: Hooks, vlm: Vlm, stage: Stage) -> None:
        self.hooks, self.vlm, self.stage = hooks, vlm, stage
        self.stopped = False

    def on_train_begin(self, args: TrainingArguments, state: Any, control: Any, **rest: Any) -> None:
        if state.is_world_process_zero and state.global_step == 0:
            self.show(state)

    def on_step_end(self, args: TrainingArguments, state: Any, control: Any, **rest: Any) -> None:
        if state.global_step < state.max_steps and self.hooks.stop():
            self.stopped = control.should_save = control.should_training_stop = True

    def on_save(self, args: TrainingArguments, state: Any, control: Any, **rest: Any) -> None:
        if state.is_world_process_zero:
            (Path(str(args.output_dir)) / f"checkpoint-{state.global_step}" / WHOLE).touch()
            self.show(state)

    def on_log(self, args: TrainingArguments, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
        if state.is_world_process_zero and logs:
            told = {name: value for name, value in logs.items() if name != "epoch"}
            self.hooks.tell({"step": state.global_step, "steps": state.max_steps, **told})

    def show(self, state: Any) -> None:
        modes = [(module, module.training) for module in self.vlm.model.modules()]
        with torch.random.fork_rng(devices=[]):  # greedy looks draw nothing on a GPU
            self.hooks.saved(Saved(self.vlm, self.stage, state.global_step, state.max_steps))
        for module, mode in modes:
            module.training = mode


def arguments(
    stage: Stage, folder: Path, device: str, kind: type[TrainingArguments] = TrainingArguments, **rest: Any
) -> TrainingArguments:
    rates = [stage.train.encoder, stage.train.adapter, stage.train.llm]
    return kind(
        output_dir=str(folder),
        per_device_train_batch_size=stage.batch_size,
        gradient_accumulation_steps=stage.accumulate,
        num_train_epochs=1,
        learning_rate=max(rate for rate in [*rates, 1e-9] if rate),
        lr_scheduler_type="cosine",
        warmup_steps=stage.warmup,
        weight_decay=stage.weight_decay,
        max_grad_norm=1.0,
        seed=stage.seed,
        bf16=stage.precision == "bfloat16",
        fp16=stage.precision == "float16",
        use_cpu=device == "cpu",
        logging_steps=10,
        save_steps=stage.save_every,
        save_total_limit=KEPT,
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=device != "cpu",
        **rest,
    )


def newest_whole(folder: Path) -> Path | None:
    """The last checkpoint that was written to its end."""
    found = [path for path in folder.glob("checkpoint-*") if (path / WHOLE).exists()]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def grouped(parameters: Iterable[tuple[str, Any]], group_of: Callable[[str], str], rates: Mapping[str, Any]) -> Any:
    """AdamW's groups, in an order that is the same every time."""
    groups: dict[str, list[Any]] = {}
    for name, value in parameters:
        if value.requires_grad:
            groups.setdefault(group_of(name), []).append(value)
    return [{"params": values, "lr": rates[name]} for name, values in sorted(groups.items())]
