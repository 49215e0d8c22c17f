"""How many answers come out letter by letter as they stand, greedily."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from inference.vlm.build import Vlm
from inference.vlm.data.collate import Collate
from inference.vlm.data.dataset import Samples, Sources
from inference.vlm.data.tokens import NOTHING, Writer
from inference.vlm.describe import count_image_tokens
from inference.vlm.recipe import DataSpec, EvaluationSpec
from inference.vlm.training.loss import said_right

MAX_TOKENS = 4096


@dataclass(frozen=True)
class Score:
    questions: int
    right: int
    by_answer: Mapping[str, tuple[int, int]]  # of each answer: how many questions have it, how many came out right

    @property
    def share(self) -> float:
        return self.right / self.questions

    def of(self, answers: set[str]) -> float:
        """The share among questions with one of these answers."""
        found = [counts for answer, counts in self.by_answer.items() if answer in answers]
        return sum(right for _, right in found) / max(sum(asked for asked, _ in found), 1)


@torch.no_grad()
def evaluate(vlm: Vlm, spec: EvaluationSpec, folder: Path) -> Score:
    """Exact match without generating: an answer comes out exactly when each of its tokens, its end too, is the most
    likely one after those before it. Raises BadData.
    """
    data = DataSpec(path=spec.path, kind="triplets")
    writer = Writer(vlm.processor, vlm.architecture.image_token, count_image_tokens(vlm))
    samples = Samples(Sources([data], folder), writer, spec.pack, MAX_TOKENS)
    samples.refuse_bad_rows(skip=False)
    collate = Collate(vlm.adapter, vlm.processor)
    counts: dict[str, tuple[int, int]] = {}
    vlm.model.train(False)
    for start in range(0, len(samples), spec.batch_size):
        rows = [samples[place] for place in range(start, min(start + spec.batch_size, len(samples)))]
        batch = {name: value.to(vlm.model.device) for name, value in collate(rows).items()}
        right = said_right(vlm.model, batch).tolist()
        for answer in (part for row in rows for part in answers(row.targets, row.branches)):
            is_right = all(right[: len(answer)])
            del right[: len(answer)]
            text = str(vlm.processor.tokenizer.decode(answer, skip_special_tokens=True)).strip()
            asked, came = counts.get(text, (0, 0))
            counts[text] = (asked + 1, came + is_right)
    return Score(sum(asked for asked, _ in counts.values()), sum(came for _, came in counts.values()), counts)


def answers(targets: list[int], branches: list[int]) -> list[list[int]]:
    """The learned tokens of each branch."""
    found: dict[int, list[int]] = {}
    for target, branch in zip(targets, branches, strict=True):
        if target != NOTHING:
            found.setdefault(branch, []).append(target)
    return [found[branch] for branch in sorted(found)]
