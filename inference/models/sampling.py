"""Sampling whose outcome for a row does not depend on the rows beside it. Imports torch: only engines come here."""

import time
from collections.abc import Callable, Sequence

import torch
from transformers import LogitsProcessor, StoppingCriteria

from inference.spec.model import Sampling


class RowSampler(LogitsProcessor):
    """Turns greedy decoding into exact sampling, each row from a generator of its own.

    The arg max of scores / temperature plus Gumbel noise is a draw from softmax(scores / temperature) (Gumbel 1954;
    Maddison et al. 2014), so `generate(do_sample=False)` samples, whatever the batch. Top-p masks before the noise.
    """

    def __init__(self, sampling: Sampling, seeds: Sequence[int], prompt_length: int, device: torch.device) -> None:
        self.sampling = sampling
        self.prompt_length = prompt_length
        self.generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        scores = self.penalised(input_ids[:, self.prompt_length :], scores.float())
        if self.sampling.temperature == 0:
            return scores
        scores = self.nucleus(scores / self.sampling.temperature)
        return scores + torch.stack([self.gumbel(scores[row], made) for row, made in enumerate(self.generators)])

    def penalised(self, answered: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        penalty = self.sampling.repetition_penalty
        if penalty == 1 or answered.shape[1] == 0:
            return scores
        held = torch.gather(scores, 1, answered)
        return scores.scatter(1, answered, torch.where(held < 0, held * penalty, held / penalty))

    def nucleus(self, scores: torch.Tensor) -> torch.Tensor:
        """Keeps the smallest set of tokens whose probability reaches top_p (Holtzman et al. 2020)."""
        if self.sampling.top_p == 1:
            return scores
        ranked, order = scores.sort(dim=-1, descending=True)
        before = ranked.softmax(dim=-1).cumsum(dim=-1) - ranked.softmax(dim=-1)
        ranked = ranked.masked_fill(before >= self.sampling.top_p, -torch.inf)
        return torch.empty_like(scores).scatter(1, order, ranked)

    def gumbel(self, row: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        return -torch.empty_like(row).exponential_(generator=generator).log()


class StopWhen(StoppingCriteria):
    """Ends the whole batch once `asked()` says so; asks at most every `every_seconds`."""

    def __init__(self, asked: Callable[[], bool], every_seconds: float = 1.0) -> None:
        self.asked = asked
        self.every_seconds = every_seconds
        self.next_at = 0.0
        self.stopped = False

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **kwargs: object) -> torch.BoolTensor:
        now = time.monotonic()
        if not self.stopped and now >= self.next_at:
            self.stopped = self.asked()
            self.next_at = now + self.every_seconds
        return torch.full((input_ids.shape[0],), self.stopped, dtype=torch.bool, device=input_ids.device)  # type: ignore[return-value]
