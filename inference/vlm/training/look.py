"""A few fixed questions of the evaluation, asked again and again while a model is trained."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from inference.models.pictures import open_picture
from inference.vlm.build import Vlm
from inference.vlm.data.collate import Collate
from inference.vlm.data.dataset import Place, Samples, Sources
from inference.vlm.data.kinds import Message, Told
from inference.vlm.data.tokens import NOTHING, Writer
from inference.vlm.describe import count_image_tokens
from inference.vlm.recipe import DataSpec, EvaluationSpec
from inference.vlm.training.loss import said_right

SHOWN, COUNTED, BATCH = 6, 60, 8
LONGEST = 40  # tokens of an answer that is shown
MAX_TOKENS = 4096


@dataclass(frozen=True)
class Asked:
    """One of the questions that are shown; `picture` is None for one without."""

    instruction: str
    expected: str
    picture: Path | None


@dataclass(frozen=True)
class Look:
    """`right` of `counted` answers come out letter by letter; `said` are the model's own words, one for each Asked."""

    right: int
    counted: int
    said: list[str]


class Spread(Sources):
    """At most `count` rows, evenly over all of them."""

    def __init__(self, spec: EvaluationSpec, folder: Path, count: int) -> None:
        super().__init__([DataSpec(path=spec.path, kind="triplets")], folder)
        self.count = count

    def places(self) -> Iterator[Place]:
        size = len(self.rows[0])
        step = max(1, -(-size // self.count))
        yield from (Place(0, row) for row in range(0, size, step))


class Looker:
    """Reads COUNTED rows of `triplets`. Raises BadData."""

    def __init__(self, vlm: Vlm, spec: EvaluationSpec, folder: Path) -> None:
        self.writer = Writer(vlm.processor, vlm.architecture.image_token, count_image_tokens(vlm))
        self.samples = Samples(Spread(spec, folder, COUNTED), self.writer, 1, MAX_TOKENS)
        self.samples.refuse_bad_rows(skip=True)
        step = max(1, len(self.samples) // SHOWN)
        self.shown = [self.told(place) for place in range(0, len(self.samples), step)][:SHOWN]

    def told(self, place: int) -> Told:
        return self.samples.sources.told(self.samples.groups[place][0])

    @property
    def asked(self) -> list[Asked]:
        return [
            Asked(words(told.messages[0]), words(told.messages[1]), next((Path(path) for path in told.images), None))
            for told in self.shown
        ]

    @torch.no_grad()
    def look(self, vlm: Vlm) -> Look:
        """Leaves the model in evaluation mode."""
        vlm.model.train(False)
        right = sum(self.right(vlm))
        return Look(right, len(self.samples), [self.answer(vlm, told) for told in self.shown])

    def right(self, vlm: Vlm) -> Iterator[bool]:
        collate = Collate(vlm.adapter, vlm.processor)
        for start in range(0, len(self.samples), BATCH):
            rows = [self.samples[place] for place in range(start, min(start + BATCH, len(self.samples)))]
            batch = {name: value.to(vlm.model.device) for name, value in collate(rows).items()}
            came = said_right(vlm.model, batch).tolist()
            for row in rows:
                learned = sum(target != NOTHING for target in row.targets)
                yield all(came[:learned])
                del came[:learned]

    def answer(self, vlm: Vlm, told: Told) -> str:
        pictures: dict[str, Any] = (
            {"images": [[open_picture(Path(path)) for path in told.images]]} if told.images else {}
        )
        prompt = self.writer.render(told.messages[:1], opens=True)
        inputs = vlm.processor(text=[prompt], **pictures, return_tensors="pt", add_special_tokens=False)
        inputs.pop("token_type_ids", None)
        inputs = inputs.to(vlm.model.device, vlm.model.dtype)
        tokenizer = vlm.processor.tokenizer
        written = vlm.model.generate(
            **inputs, max_new_tokens=LONGEST, do_sample=False, pad_token_id=tokenizer.pad_token_id
        )
        return str(tokenizer.decode(written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)).strip()


def words(message: Message) -> str:
    content = message.content
    return content if isinstance(content, str) else " ".join(part.text for part in content if part.text)
