"""Preference pairs as tokens: checked as a whole before anything is learned; batches as TRL's trainer reads them."""

import hashlib
import io
import json
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL.Image import Image
from torch import Tensor
from torch.utils.data import Dataset

from inference.models.pictures import open_picture
from inference.vlm.adapters import Adapter
from inference.vlm.build import Vlm
from inference.vlm.data.collate import padded
from inference.vlm.data.kinds import Told
from inference.vlm.data.preference_rows import Pair, read_pair
from inference.vlm.data.rows import BadData, BadRow, Rows, open_rows
from inference.vlm.data.tokens import NOTHING, Piece, Tokens, Writer
from inference.vlm.describe import count_image_tokens
from inference.vlm.recipe import PreferenceSpec, Stage

TOLD = 20  # bad rows that a message lists
Place = tuple[int, int]  # a file, a row of it


@dataclass(frozen=True)
class PairTokens:
    """Two sequences that begin with the same prompt; what the answers say is learned, nothing of the prompt."""

    chosen: Tokens
    rejected: Tokens
    images: tuple[Path | bytes, ...]


class PairWriter(Writer):
    """Learns the last answer alone, and takes no text for a mark of the tokenizer: answers come from models."""

    def __init__(self, vlm: Vlm) -> None:
        super().__init__(vlm.processor, vlm.architecture.image_token, count_image_tokens(vlm))
        self.marks = sorted(set(self.tokenizer.all_special_tokens) | set(self.tokenizer.get_added_vocab()))

    def pieces(self, told: Told) -> list[Piece]:
        for text in texts_of(told):
            if mark := next((mark for mark in self.marks if mark and mark in text), ""):
                raise ValueError(f"a text holds {mark}, a mark of the tokenizer; take it out")
        *before, last = super().pieces(told)
        return [*(Piece(piece.text, False) for piece in before), last]


def texts_of(told: Told) -> list[str]:
    parts = [message.content for message in told.messages]
    return [
        text
        for content in parts
        for text in ([content] if isinstance(content, str) else [part.text or "" for part in content])
    ]


class Pairs(Dataset[PairTokens]):
    """All rows of all files, checked once. A share of the prompts is held out, by hash. `longest` is in tokens."""

    def __init__(self, paths: Sequence[Path], writer: PairWriter, max_tokens: int, held_out: float = 0) -> None:
        self.files: list[Rows] = [open_rows(path) for path in paths]
        self.writer, self.max_tokens = writer, max_tokens
        self.places: list[Place] = []
        self.held_out: list[Place] = []
        self.problems: list[str] = []
        self.longest = 0
        self.check(held_out)

    def check(self, held_out: float) -> None:
        prompts: dict[str, list[Place]] = {}
        for file, rows in enumerate(self.files):
            for row in range(len(rows)):
                try:
                    found = self.read(file, row, look=True)
                except BadRow as error:
                    self.problems.append(str(error))
                    continue
                prompts.setdefault(prompt_hash(found), []).append((file, row))
        count = round(held_out * len(prompts))
        kept = sorted(prompts)[max(count, 1 if held_out else 0) :]
        self.places = sorted(place for key in kept for place in prompts[key])
        self.held_out = sorted(place for key in set(prompts) - set(kept) for place in prompts[key])

    def read(self, file: int, row: int, *, look: bool = False) -> PairTokens:
        """Raises BadRow that names the file and the row."""
        rows = self.files[file]
        values = rows[row]
        try:
            return self.encoded(read_pair(values, rows.path.parent), look=look)
        except ValueError as error:
            raise BadRow(f"{rows.path.name}, row {row + 1}: {error}") from None

    def encoded(self, pair: Pair, *, look: bool) -> PairTokens:
        """Raises ValueError."""
        for image in pair.images if look else ():
            open_stored(image)
        chosen, rejected = (self.writer.tokens([told]) for told in (pair.chosen, pair.rejected))
        longest = 1 + max(len(chosen.ids), len(rejected.ids))
        if longest > self.max_tokens:
            raise ValueError(f"it has {longest} tokens, more than {self.max_tokens}; raise max_tokens or shorten it")
        self.longest = max(self.longest, longest)
        return PairTokens(chosen, rejected, pair.images)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, place: int) -> PairTokens:
        return self.read(*self.places[place])

    @property
    def rest(self) -> "Pairs | None":
        """What is held out; None where nothing is."""
        other = copy(self)
        other.places = self.held_out
        return other if self.held_out else None

    def refuse_bad_rows(self, *, skip: bool) -> None:
        """Raises BadData unless they may be skipped."""
        if self.problems and not skip:
            shown = "\n".join(self.problems[:TOLD])
            raise BadData(
                f"{len(self.problems)} rows can't be learned from:\n{shown}\nMend them, or set skip_bad_rows: true."
            )
        if not self.places:
            raise BadData("The stage's preferences hold no rows that are not held out.")


def prompt_hash(pair: PairTokens) -> str:
    """Of the prompt's tokens and pictures; a picture is known by its name."""
    start = len(pair.chosen.targets) - sum(target != NOTHING for target in pair.chosen.targets)
    hashed = hashlib.sha256(json.dumps(pair.chosen.ids[:start]).encode())
    for image in pair.images:
        hashed.update(image if isinstance(image, bytes) else image.name.encode())
    return hashed.hexdigest()


def open_stored(image: Path | bytes) -> Image:
    """Raises ValueError."""
    return open_picture(image if isinstance(image, Path) else io.BytesIO(image))


def pairs_of(vlm: Vlm, stage: Stage, spec: PreferenceSpec, folder: Path) -> Pairs:
    """Every row checked. Paths begin at `folder`."""
    return Pairs([folder / path for path in spec.paths], PairWriter(vlm), stage.max_tokens, spec.held_out)


class CollatePairs:
    """A batch as TRL's trainer reads it: chosen rows, then rejected rows, and `completion_mask` over their answers."""

    def __init__(self, adapter: Adapter, processor: Any) -> None:
        self.adapter, self.processor = adapter, processor
        self.pad = int(processor.tokenizer.pad_token_id)

    def __call__(self, rows: Sequence[PairTokens]) -> dict[str, Tensor]:
        both = [row.chosen for row in rows] + [row.rejected for row in rows]
        length = max(len(tokens.ids) for tokens in both) + 1
        batch = {
            "input_ids": padded([[*tokens.ids, tokens.targets[-1]] for tokens in both], length, self.pad),
            "attention_mask": padded([[1] * (len(tokens.ids) + 1) for tokens in both], length, 0),
            "completion_mask": padded([learned(tokens) for tokens in both], length, 0),
        }
        pictures = [[open_stored(image) for image in row.images] for row in rows] * 2
        return batch | (self.adapter.pictures(self.processor, pictures, batch["input_ids"]) if any(pictures) else {})


def learned(tokens: Tokens) -> list[int]:
    """1 at each token of the answer, its end too."""
    return [0, *(int(target != NOTHING) for target in tokens.targets)]
