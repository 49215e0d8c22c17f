"""One stage: what it trains, on what, and how it goes on where it was cut off."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from torch import nn
from torch.utils.data import Dataset
from transformers import PrinterCallback

from inference.errors import ModelUnavailable, TrainingStopped
from inference.vlm.adapters.cross_attention import TILED
from inference.vlm.build import Vlm
from inference.vlm.data.collate import Collate
from inference.vlm.data.dataset import Ordered
from inference.vlm.data.preview import samples_of
from inference.vlm.data.tokens import NOTHING
from inference.vlm.recipe import Stage
from inference.vlm.training.hooks import Hooks
from inference.vlm.training.labels import CollatePictures, EncoderWithHeads, LabelledPictures
from inference.vlm.training.memory import Sizes, picture_bytes, refuse_what_cannot_fit, stage_bytes
from inference.vlm.training.parts import Adapted
from inference.vlm.training.trainer import StageTrainer, Watch, arguments, grouped, newest_whole

SAMPLED = 200  # samples that are measured for the estimate of memory


@dataclass
class Job:
    """`module` is trained by a `trainer` with `arguments`; `learned` is what of it is kept; `finish` readies the model
    for what comes after. A sample has at most so many `tokens`, `learned_tokens` among them, and `pictures`.
    """

    module: nn.Module
    learned: nn.Module
    samples: Dataset[Any]
    size: int
    collate: Any
    groups: list[dict[str, Any]]
    tokens: int
    finish: Callable[[], None]
    trainer: Callable[..., StageTrainer] = StageTrainer
    arguments: Callable[[Stage, Path, str], Any] = arguments
    learned_tokens: int = 0
    pictures: int = 0


def adapt(vlm: Vlm, stage: Stage) -> tuple[nn.Module, Adapted]:
    """What is kept of a stage's training, ready to be trained or loaded."""
    adapted = Adapted(vlm, stage.train)
    return (vlm.encoder if stage.labels else vlm.model), adapted


def job_of(vlm: Vlm, stage: Stage, folder: Path) -> Job:
    """Checks all data. Raises BadData, ModelUnavailable."""
    learned, adapted = adapt(vlm, stage)
    if stage.preferences:
        from inference.vlm.training.dpo import preferences_job  # takes seconds to import

        return preferences_job(vlm, stage, stage.preferences, folder, adapted)
    return labels_job(vlm, stage, folder, adapted) if stage.labels else text_job(vlm, stage, folder, adapted, learned)


def text_job(vlm: Vlm, stage: Stage, folder: Path, adapted: Adapted, learned: nn.Module) -> Job:
    samples = samples_of(vlm, stage, folder)
    samples.refuse_bad_rows(skip=stage.skip_bad_rows)
    groups = grouped(vlm.model.named_parameters(), adapted.group_of, adapted.rates)
    step = max(1, len(samples) // SAMPLED)
    measured = [samples[place] for place in range(0, len(samples), step)]
    return Job(
        vlm.model,
        learned,
        samples,
        len(samples),
        Collate(vlm.adapter, vlm.processor),
        groups,
        max(len(sample.ids) for sample in measured),
        adapted.finish,
        learned_tokens=max(sum(target != NOTHING for target in sample.targets) for sample in measured),
        pictures=max(len(sample.images) for sample in measured),
    )


def labels_job(vlm: Vlm, stage: Stage, folder: Path, adapted: Adapted) -> Job:
    if stage.labels is None or vlm.model.config.vision_config.model_type == TILED:
        raise ModelUnavailable(
            f"Stage {stage.id}: labels can't teach a {TILED}, which reads tiles; use another encoder."
        )
    pictures = LabelledPictures(folder / stage.labels.path)
    pictures.refuse_bad_rows(skip=stage.skip_bad_rows)
    torch.manual_seed(stage.seed)
    width = int(vlm.model.config.vision_config.hidden_size)
    module = EncoderWithHeads(vlm.encoder, width, pictures.values, mirror=stage.mirror)
    rates = {"encoder": stage.train.encoder}
    groups = grouped(module.named_parameters(), lambda _: "encoder", rates)
    collate = CollatePictures(vlm.processor.image_processor)
    return Job(module, vlm.encoder, pictures, len(pictures), collate, groups, 0, adapted.finish, pictures=1)


def train_stage(vlm: Vlm, stage: Stage, job: Job, folder: Path, device: torch.device, hooks: Hooks) -> None:
    """From the last whole checkpoint in `folder`, if there is one. Raises NotANumber, ModelUnavailable,
    TrainingStopped.
    """
    refuse_large(vlm, stage, job, device)
    per_step = stage.batch_size * stage.accumulate * PartialState().num_processes
    count = stage.steps * per_step if stage.steps else max(per_step, round((stage.epochs or 1) * job.size))
    watch = Watch(hooks, vlm, stage)
    trainer = job.trainer(
        groups=job.groups,
        model=job.module,
        args=job.arguments(stage, folder, device.type),
        train_dataset=Ordered(job.samples, job.size, count, stage.seed),
        data_collator=job.collate,
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)
    newest = newest_whole(folder)
    trainer.train(resume_from_checkpoint=str(newest) if newest else None)
    if watch.stopped:
        raise TrainingStopped(f"Stage {stage.id} was stopped at step {trainer.state.global_step}; it can go on there.")


def refuse_large(vlm: Vlm, stage: Stage, job: Job, device: torch.device) -> None:
    loaded = sum(value.numel() * value.element_size() for value in job.module.parameters())
    need = needed_bytes(vlm, stage, job)
    refuse_what_cannot_fit(need, loaded if device.type == "cpu" else 0, device, stage)


def needed_bytes(vlm: Vlm, stage: Stage, job: Job) -> int:
    """The estimate, weights included."""
    text = vlm.model.config.get_text_config()
    pictures = job.pictures * picture_bytes(vlm, trained=bool(stage.train.encoder)) if job.pictures else 0
    if stage.labels:
        return stage_bytes(job.module, stage, Sizes(picture_bytes=pictures))
    logits = job.learned_tokens * text.vocab_size
    return stage_bytes(job.module, stage, Sizes(job.tokens, text.num_hidden_layers, text.hidden_size, logits, pictures))
