"""Alignment from preference pairs: TRL's DPO trainer (Rafailov et al. 2023) with our order, rates and checkpoints.

The policy is the model with a low-rank update, the reference the same model without it: there is no second copy.
"""

from functools import partial
from pathlib import Path
from typing import Any

from datasets import Dataset
from torch import Tensor, nn
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer

from inference.errors import ModelUnavailable
from inference.vlm.build import Vlm
from inference.vlm.data.preferences import CollatePairs, pairs_of
from inference.vlm.recipe import PreferenceSpec, Stage
from inference.vlm.training.parts import Adapted
from inference.vlm.training.stage import Job
from inference.vlm.training.trainer import StageTrainer, arguments, grouped

REFERENCE = "ref"  # TRL's copy of the update as it begins, which is no update at all


class PreferenceTrainer(StageTrainer, DPOTrainer):
    """`model` is peft's; `train_dataset` and `eval_dataset` give what CollatePairs takes."""

    def __init__(self, train_dataset: Any, **rest: Any) -> None:
        # TRL insists on a table of its own kind while it is made; ours keeps the order, so it takes the table's place
        super().__init__(train_dataset=Dataset.from_dict({"pair": [0]}), **rest)
        self.train_dataset = train_dataset
        policy: Any = self.model
        policy.delete_adapter(REFERENCE)

    def loss_of(self, model: nn.Module, inputs: dict[str, Any]) -> Tensor:
        loss: Tensor = DPOTrainer.compute_loss(self, model, inputs)  # type: ignore[no-untyped-call]
        return loss

    def train(self, *args: Any, **rest: Any) -> Any:
        """What is held out is measured at checkpoints and at the end."""
        result = super().train(*args, **rest)
        step = self.state.global_step
        if self.eval_dataset is not None and step == self.state.max_steps and step % int(self.args.eval_steps or 1):
            self.evaluate()
        return result

    def _prepare_dataset(self, dataset: Any, *rest: Any) -> Any:
        """Rows are tokens already."""
        return dataset

    def _send_telemetry(self) -> None:
        """Nobody outside learns that something is trained here."""

    def create_model_card(self, *names: Any, **rest: Any) -> None:
        """Ours is written when the whole recipe is through."""


def preferences_job(vlm: Vlm, stage: Stage, spec: PreferenceSpec, folder: Path, adapted: Adapted) -> Job:
    """Checks all rows. Raises BadData, ModelUnavailable."""
    if vlm.model.base_model is vlm.model:
        raise ModelUnavailable(
            f"Stage {stage.id}: a model with the adapter {vlm.adapter.name} can't be aligned, since its class does not "
            "hold the LLM's head apart from the rest. Use linear, mlp or cross_attention."
        )
    pairs = pairs_of(vlm, stage, spec, folder)
    pairs.refuse_bad_rows(skip=stage.skip_bad_rows)
    policy: Any = adapted.tuner

    def finish() -> None:
        policy.get_base_model().__dict__.pop("forward", None)  # TRL's own, see add_fused_lm_head
        adapted.finish()

    return Job(
        module=policy,
        learned=vlm.model,
        samples=pairs,
        size=len(pairs),
        collate=CollatePairs(vlm.adapter, vlm.processor),
        groups=grouped(policy.named_parameters(), adapted.group_of, adapted.rates),
        tokens=2 * pairs.longest,
        finish=finish,
        trainer=partial(PreferenceTrainer, processing_class=vlm.processor, eval_dataset=pairs.rest),
        arguments=partial(preference_arguments, spec),
    )


def preference_arguments(spec: PreferenceSpec, stage: Stage, folder: Path, device: str) -> Any:
    return arguments(
        stage,
        folder,
        device,
        DPOConfig,
        beta=spec.beta,
        max_length=None,
        gradient_checkpointing=False,
        per_device_eval_batch_size=stage.batch_size,
        eval_strategy="steps" if spec.held_out else "no",
        eval_steps=stage.save_every,
    )
