"""How many answers come out letter by letter as they stand, greedily."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from inference.vlm.build import Vlm
from inference.vlm.data.collate import Collate
from inference.vlm.data.dataset import Samples, Sources
from inference.vlm.data.tokens import NOTHING, Writer
from inference.vlm.describe import count_image_tokens
from inference.vlm.recipe import DataSpec, EvaluationSpec
from inference.vlm.training.hooks import Hooks
from inference.vlm.training.loss import said_right

MAX_TOKENS = 4096
Counts = tuple[int, int]  # asked, right


@dataclass(frozen=True)
class Score:
    """`rows` has the answer to the question of each row, from 0, and whether it came out right."""

    rows: Mapping[int, tuple[str, bool]]

    @property
    def share(self) -> float:
        asked, right = self.of({answer for answer, _ in self.rows.values()})
        return right / max(asked, 1)

    def of(self, answers: set[str]) -> Counts:
        """Among the questions with one of these answers."""
        found = [right for answer, right in self.rows.values() if answer in answers]
        return len(found), sum(found)

    @property
    def by_answer(self) -> Mapping[str, Counts]:
        counts: dict[str, list[bool]] = defaultdict(list)
        for answer, right in self.rows.values():
            counts[answer].append(right)
        return {answer: (len(found), sum(found)) for answer, found in sorted(counts.items())}


@torch.no_grad()
def evaluate(vlm: Vlm, spec: EvaluationSpec, folder: Path, hooks: Hooks) -> Score:
    """Exact match without generating: an answer comes out exactly when each of its tokens, its end too, is the most
    likely one after those before it. Raises BadData, TrainingStopped.
    """
    writer = Writer(vlm.processor, vlm.architecture.image_token, count_image_tokens(vlm))
    sources = Sources([DataSpec(path=spec.path, kind="triplets")], folder)
    samples = Samples(sources, writer, spec.pack, MAX_TOKENS)
    samples.refuse_bad_rows(skip=False)
    vlm.model.train(False)
    rows: dict[int, tuple[str, bool]] = {}
    for start in range(0, len(samples), spec.batch_size):
        hooks.go_on()
        places = range(start, min(start + spec.batch_size, len(samples)))
        numbers = [found.row for place in places for found in samples.groups[place]]
        rows |= zip(numbers, answered(vlm, samples, places), strict=True)
    return Score(dict(sorted(rows.items())))


def answered(vlm: Vlm, samples: Samples, places: range) -> Iterator[tuple[str, bool]]:
    """Each question's true answer, and whether the model gives it."""
    rows = [samples[place] for place in places]
    batch = Collate(vlm.adapter, vlm.processor)(rows)
    right = said_right(vlm.model, {name: value.to(vlm.model.device) for name, value in batch.items()}).tolist()
    for answer in (part for row in rows for part in answers(row.targets, row.branches)):
        text = str(vlm.processor.tokenizer.decode(answer, skip_special_tokens=True)).strip()
        yield text, all(right[: len(answer)])
        del right[: len(answer)]


def answers(targets: list[int], branches: list[int]) -> list[list[int]]:
    """The learned tokens of each branch."""
    found: dict[int, list[int]] = {}
    for target, branch in zip(targets, branches, strict=True):
        if target != NOTHING:
            found.setdefault(branch, []).append(target)
    return [found[branch] for branch in sorted(found)]
