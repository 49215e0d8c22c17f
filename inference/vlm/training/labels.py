"""An encoder from scratch, taught by labels: a linear head for each name on the mean of its states."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from inference.vlm.data.collate import opened
from inference.vlm.data.dataset import reason_against
from inference.vlm.data.rows import BadData, BadRow, open_rows, picture_below
from inference.vlm.data.tokens import NOTHING

Labelled = tuple[str, list[int]]


class LabelledPictures(Dataset[Labelled]):
    """Rows `{"image": …, "labels": {name: value or null}}`. `values` are those seen, by name, in order."""

    def __init__(self, path: Path) -> None:
        rows = open_rows(path)
        self.folder = path.parent
        self.problems: list[str] = []
        self.rows: list[tuple[str, dict[str, Any]]] = []
        for place in range(len(rows)):
            try:
                self.rows.append(self.read(rows[place]))
            except (BadRow, ValueError) as error:
                self.problems.append(f"{path.name}, row {place + 1}: {error}")
        names = sorted({name for _, labels in self.rows for name, value in labels.items() if value})
        self.values = {name: sorted({row[1][name] for row in self.rows if row[1].get(name)}) for name in names}

    def read(self, row: Any) -> tuple[str, dict[str, Any]]:
        image, labels = (row.get("image"), row.get("labels")) if isinstance(row, dict) else (None, None)
        if not isinstance(image, str) or not isinstance(labels, dict):
            raise ValueError("a row has “image”, a path, and “labels”, a value for each name")  # noqa: TRY004
        if not all(value is None or isinstance(value, str) for value in labels.values()):
            raise ValueError("labels: every value must be text, or null where it is not known")
        picture = picture_below(self.folder, image)
        if reason := reason_against(picture):
            raise ValueError(reason)
        return str(picture), labels

    def refuse_bad_rows(self, *, skip: bool) -> None:
        if self.problems and not skip:
            raise BadData("\n".join([f"{len(self.problems)} rows can't be learned from:", *self.problems[:20]]))
        if not self.values:
            raise BadData(f"No row of {self.folder} has a label.")

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Labelled:
        image, labels = self.rows[place]
        known = [values.index(labels[name]) if labels.get(name) else NOTHING for name, values in self.values.items()]
        return image, known


class EncoderWithHeads(nn.Module):
    """`values` are the names with what they may be; `mirror` shows half of the batches mirrored, in each direction."""

    def __init__(self, encoder: nn.Module, width: int, values: Mapping[str, Sequence[str]], *, mirror: bool) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.ModuleList(nn.Linear(width, len(found)) for found in values.values())
        self.mirror = mirror

    def forward(self, pixel_values: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """`targets` (pictures, names). The loss is the mean over the names."""
        if self.mirror and self.training:
            flips = [axis for axis in (2, 3) if torch.rand(()) < 0.5]
            pixel_values = pixel_values.flip(flips)
        states = self.encoder(pixel_values).last_hidden_state.mean(dim=1)
        scores = [head(states) for head in self.heads]
        losses = [
            nn.functional.cross_entropy(found, targets[:, number], ignore_index=NOTHING)
            for number, found in enumerate(scores)
            if (targets[:, number] != NOTHING).any()
        ]
        return {"loss": sum(losses, states.sum() * 0) / max(len(losses), 1)}


class CollatePictures:
    def __init__(self, image_processor: Any) -> None:
        self.image_processor = image_processor

    def __call__(self, rows: Sequence[Labelled]) -> dict[str, Tensor]:
        pictures = [opened(image) for image, _ in rows]
        made = self.image_processor(pictures, return_tensors="pt")["pixel_values"]
        return {
            "pixel_values": made.flatten(0, -4),  # some processors put rows, pictures and tiles before the channels
            "targets": torch.tensor([labels for _, labels in rows]),
        }
