"""Batched generation with a loaded model. Imports torch: only engines come here."""

import inspect
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import torch
from PIL import Image
from transformers import LogitsProcessorList, StoppingCriteriaList

from inference.contracts import Failure
from inference.declare import Cancelled, Request, Result
from inference.errors import must_pass
from inference.models.chat import chat_prompt
from inference.models.pictures import open_small
from inference.models.sampling import RowSampler, StopWhen
from inference.models.weights import Weights

CANCELLED = Failure("cancelled", "The run was cancelled while this answer was being written.", retryable=True)
NO_MEMORY = Failure("out_of_memory", "The model ran out of memory on this task alone.", retryable=False)
Answers = dict[int, Result | Failure]


@dataclass(frozen=True)
class Row:
    """A request made ready: its place in the caller's list, its prompt and that prompt's tokens; its pictures are open
    only while its batch is at work.
    """

    place: int
    request: Request
    prompt: str
    tokens: int
    images: list[Image.Image] = field(default_factory=list)


class LocalModel:
    """See `inference.declare.Model`. A batch that fails is halved until the culprit is alone."""

    def __init__(self, weights: Weights, batch_size: int, context_tokens: int | None = None) -> None:
        self.weights = weights
        self.batch_size = batch_size
        self.context_tokens = min(context_tokens or weights.context_tokens, weights.context_tokens)
        self.reads_images = weights.reads_images

    def describe(self) -> Mapping[str, Any]:
        return {**self.weights.record, "context_tokens": self.context_tokens}

    def count_tokens(self, text: str) -> int:
        return len(self.weights.tokenizer(text, add_special_tokens=False).input_ids)

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]:
        answers: Answers = {}
        for batch in self.batches([self.make_row(place, request) for place, request in enumerate(requests)]):
            answers.update(self.answer(batch, cancelled))
        return [answers[place] for place in range(len(requests))]

    def make_row(self, place: int, request: Request) -> Row:
        prompt = chat_prompt(self.weights, request)
        return Row(place, request, prompt, self.count_tokens(prompt))

    def batches(self, rows: list[Row]) -> Iterator[list[Row]]:
        """At most `batch_size` rows with as many pictures each; the longest first, so that little is padded."""
        ordered = sorted(rows, key=lambda row: (len(row.request.images), -row.tokens))
        for _, group in groupby(ordered, key=lambda row: len(row.request.images)):
            alike = list(group)
            while alike:
                size = self.batch_size
                yield alike[:size]
                alike = alike[size:]

    def answer(self, rows: list[Row], cancelled: Cancelled) -> Answers:
        if cancelled():
            return {row.place: CANCELLED for row in rows}
        try:
            return self.answer_at_once(rows, cancelled)
        except Exception as fault:  # what one row does to the model must not reach its neighbours
            if must_pass(fault):
                raise
            failure = told(fault)
        if len(rows) == 1:
            return {rows[0].place: failure}
        half = len(rows) // 2
        if failure is NO_MEMORY:
            self.batch_size = half
            release_memory()
        return self.answer(rows[:half], cancelled) | self.answer(rows[half:], cancelled)

    def answer_at_once(self, rows: list[Row], cancelled: Cancelled) -> Answers:
        opened = [with_pictures(row) for row in rows]
        broken = {row.place: one for row, one in zip(rows, opened, strict=True) if isinstance(one, Failure)}
        ready = [one for one in opened if isinstance(one, Row)]
        return broken | (self.answer_ready(ready, cancelled) if ready else {})

    def answer_ready(self, rows: list[Row], cancelled: Cancelled) -> Answers:
        inputs = self.encode(rows)
        sizes = [int(size) for size in inputs["attention_mask"].sum(dim=1)]
        answers: Answers = {
            row.place: failure
            for row, size in zip(rows, sizes, strict=True)
            if (failure := self.room_failure(size, row.request.sampling.max_tokens))
        }
        fitting = [row for row in rows if row.place not in answers]
        if len(fitting) < len(rows):
            return answers | (self.answer_ready(fitting, cancelled) if fitting else {})
        return self.run(rows, sizes, inputs, cancelled)

    def room_failure(self, prompt_tokens: int, max_tokens: int) -> Failure | None:
        room = self.context_tokens
        if prompt_tokens + max_tokens <= room:
            return None
        message = (
            f"The prompt has {prompt_tokens} tokens; with {max_tokens} for the answer it does not fit the model's "
            f"{room}. Give infocontext a smaller budget_tokens, or shorten the instruction."
        )
        return Failure("input", message, retryable=False)

    def encode(self, rows: list[Row]) -> Any:
        has_template = bool(getattr(self.weights.processor, "chat_template", None))
        pictures = {"images": [row.images for row in rows]} if rows[0].images else {}
        inputs = self.weights.processor(
            text=[row.prompt for row in rows],
            **pictures,
            padding=True,
            return_tensors="pt",
            add_special_tokens=not has_template,
        )
        model = self.weights.model
        if "token_type_ids" not in inspect.signature(model.forward).parameters:  # Gemma and PaliGemma need them
            inputs.pop("token_type_ids", None)
        return inputs.to(model.device, model.dtype) if pictures else inputs.to(model.device)

    def run(self, rows: list[Row], sizes: list[int], inputs: Any, cancelled: Cancelled) -> Answers:
        sampling = rows[0].request.sampling
        length = inputs["input_ids"].shape[1]
        sampler = RowSampler(sampling, [row.request.seed for row in rows], length, inputs["input_ids"].device)
        stop = StopWhen(cancelled)
        self.weights.switch_on()
        started = time.perf_counter()
        with torch.inference_mode():
            output = self.weights.model.generate(
                **inputs,
                max_new_tokens=sampling.max_tokens,
                logits_processor=LogitsProcessorList([sampler]),
                stopping_criteria=StoppingCriteriaList([stop]),
            )
        if stop.stopped:
            return {row.place: CANCELLED for row in rows}
        latency_ms = round((time.perf_counter() - started) * 1000 / len(rows))
        written = output[:, length:].tolist()
        return {
            row.place: self.result(row, size, tokens, latency_ms, len(rows))
            for row, size, tokens in zip(rows, sizes, written, strict=True)
        }

    def result(self, row: Row, prompt_tokens: int, tokens: list[int], latency_ms: int, batch_size: int) -> Result:
        ends = self.weights.end_tokens
        length = next((place for place, token in enumerate(tokens) if token in ends), None)
        return Result(
            text=tidy(self.weights.tokenizer.decode(tokens[:length], skip_special_tokens=True)),
            finish_reason="length" if length is None else "stop",
            prompt=row.prompt,
            prompt_tokens=prompt_tokens,
            completion_tokens=len(tokens[:length]),
            latency_ms=latency_ms,
            batch_size=batch_size,
        )


def with_pictures(row: Row) -> Row | Failure:
    try:
        return replace(row, images=[open_small(path) for path in row.request.images])
    except ValueError as error:
        return Failure("input", str(error), retryable=False)


def tidy(text: str) -> str:
    """Without half a letter at the end, where the limit of tokens cut a letter of several bytes."""
    return text.strip().rstrip("\ufffd").rstrip()


def told(fault: Exception) -> Failure:
    is_memory = isinstance(fault, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(fault)
    if is_memory:
        return NO_MEMORY
    return Failure("model", f"The model failed on this task: {type(fault).__name__}: {fault}", retryable=False)


def release_memory() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
