"""What a model will read and learn, as text: collated samples decoded back."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from inference.vlm.build import Vlm
from inference.vlm.data.collate import Collate
from inference.vlm.data.dataset import Ordered, Samples, Sources
from inference.vlm.data.preferences import CollatePairs, pairs_of
from inference.vlm.data.tokens import NOTHING, Writer
from inference.vlm.describe import count_image_tokens
from inference.vlm.recipe import PreferenceSpec, Stage


def samples_of(vlm: Vlm, stage: Stage, folder: Path) -> Samples:
    """Every row checked. Paths begin at `folder`."""
    writer = Writer(vlm.processor, vlm.architecture.image_token, count_image_tokens(vlm))
    return Samples(Sources(stage.data or [], folder), writer, stage.pack, stage.max_tokens)


def preview(vlm: Vlm, stage: Stage, folder: Path, count: int = 10, samples: Samples | None = None) -> Iterator[str]:
    """The first `count` samples in the order of training; what is learned stands in 【】. Reads and checks all data,
    unless they are given as `samples`.
    """
    if stage.preferences:
        yield from preview_pairs(vlm, stage, stage.preferences, folder, count)
        return
    if stage.data is None:
        yield f"stage {stage.id}: labels of pictures, no text"
        return
    samples = samples or samples_of(vlm, stage, folder)
    yield f"stage {stage.id}: {len(samples):,} samples, {len(samples.problems):,} bad rows"
    yield from samples.problems[:count]
    ordered = Ordered(samples, max(len(samples), 1), min(count, len(samples)), stage.seed)
    collate = Collate(vlm.adapter, vlm.processor)
    for number in range(len(ordered)):
        batch = collate([ordered[number]])
        yield f"{number + 1}. {sizes(batch)}"
        yield marked(vlm, batch["input_ids"][0], batch["targets"][0])


def preview_pairs(vlm: Vlm, stage: Stage, spec: PreferenceSpec, folder: Path, count: int) -> Iterator[str]:
    pairs: Any = pairs_of(vlm, stage, spec, folder)
    yield f"stage {stage.id}: {len(pairs):,} pairs, {len(pairs.held_out):,} held out, {len(pairs.problems):,} bad rows"
    yield from pairs.problems[:count]
    ordered = Ordered(pairs, max(len(pairs), 1), min(count, len(pairs)), stage.seed)
    collate = CollatePairs(vlm.adapter, vlm.processor)
    for number in range(len(ordered)):
        pair: Any = ordered[number]
        yield f"{number + 1}. {sizes(collate([pair]))}"
        for name, tokens in (("chosen", pair.chosen), ("rejected", pair.rejected)):
            yield f"{name}: {marked(vlm, torch.tensor(tokens.ids), torch.tensor(tokens.targets))}"


def sizes(batch: Mapping[str, Tensor]) -> str:
    pictures = batch.get("pixel_values")
    shape = "no picture" if pictures is None else f"pictures {tuple(pictures.shape)}"
    return f"{batch['input_ids'].shape[1]} tokens, {shape}"


def marked(vlm: Vlm, ids: Tensor, targets: Tensor) -> str:
    """Target `i` is the token after place `i`. The last token of a branch is learned but never read."""
    decode: Callable[[list[int]], str] = vlm.processor.tokenizer.decode
    text, learned, reading = "", list[int](), list[int]()
    for token, target in zip(ids.tolist(), targets.tolist(), strict=True):
        if not learned:
            reading.append(token)
        if target != NOTHING:
            learned.append(target)
        elif learned:
            text += decode(reading) + "【" + decode(learned) + "】"
            learned, reading = [], [token] if token != learned[-1] else []
    return text + decode(reading) + (f"【{decode(learned)}】" if learned else "")
