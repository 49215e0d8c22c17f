"""Batches: rows of tokens padded on the right, pictures as the model's own image processor makes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from inference.models.pictures import open_picture
from inference.vlm.adapters import Adapter
from inference.vlm.data.rows import BadData
from inference.vlm.data.tokens import NOTHING, SHARED, Tokens

PADDING = -1


class Collate:
    """A batch holds what `forward` reads, and `targets`. Raises BadData for a picture that can't be opened."""

    def __init__(self, adapter: Adapter, processor: Any) -> None:
        self.adapter = adapter
        self.processor = processor
        self.pad = int(processor.tokenizer.pad_token_id)

    def __call__(self, rows: Sequence[Tokens]) -> dict[str, Tensor]:
        length = max(len(row.ids) for row in rows)
        branches = padded([row.branches for row in rows], length, PADDING)
        batch = {
            "input_ids": padded([row.ids for row in rows], length, self.pad),
            "targets": padded([row.targets for row in rows], length, NOTHING),
            "attention_mask": (branches != PADDING).long(),
        }
        if any(row.is_packed for row in rows):
            batch["position_ids"] = padded([row.positions for row in rows], length, 0)
            batch["attention_mask"] = branch_mask(branches)
        pictures = [[opened(image) for image in row.images] for row in rows]
        return batch | (self.adapter.pictures(self.processor, pictures, batch["input_ids"]) if any(pictures) else {})


def opened(image: str) -> Image.Image:
    """All pictures of a stage were opened before it began; this one was lost since. Raises BadData."""
    try:
        return open_picture(Path(image))
    except ValueError as error:
        raise BadData(
            f"{error} It could be opened when the stage began. Put it back: the same command goes on at the last "
            "checkpoint."
        ) from error


def padded(rows: Sequence[Sequence[int]], length: int, filler: int) -> Tensor:
    return torch.tensor([[*row, *[filler] * (length - len(row))] for row in rows])


def branch_mask(branches: Tensor) -> Tensor:
    """(rows, 1, length, length), true where a place may look: earlier, at the shared part or its own branch."""
    length = branches.shape[1]
    own = branches[:, :, None] == branches[:, None, :]
    shared = branches[:, None, :] == SHARED
    return ((own | shared) & torch.ones(length, length, dtype=torch.bool).tril())[:, None]
