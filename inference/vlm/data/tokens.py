"""From a conversation or a document to tokens and to what is learned at each of them.

Several questions about the same pictures may share them: the pictures' tokens stand once, each question follows them
as a branch of its own that sees the shared part and itself, at the positions it would have alone. What a branch learns
is exactly what it would learn by itself, since no branch sees another (checked by a test).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from inference.vlm.data.kinds import Message, Part, Told

NOTHING = -100  # torch's own “ignore_index”
SHARED = 0
TEMPLATE_ERRORS = (TemplateError, TypeError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Piece:
    text: str
    learned: bool


@dataclass(frozen=True)
class Tokens:
    """`targets[i]` is the token to foretell at place i, or NOTHING; `branches[i]` is SHARED or a number from 1."""

    ids: list[int]
    targets: list[int]
    positions: list[int]
    branches: list[int]
    images: list[str]

    @property
    def is_packed(self) -> bool:
        return max(self.branches, default=SHARED) > 1


class Writer:
    """Writes what a model reads: its chat template around messages, `image_tokens` tokens for each picture."""

    def __init__(self, processor: Any, image_token: str, image_tokens: int) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        self.image_token = image_token
        self.image_id = int(self.tokenizer.convert_tokens_to_ids(image_token))
        self.image_tokens = image_tokens

    def pieces(self, told: Told) -> list[Piece]:
        if told.document:
            return [*document_pieces(told.document, self.image_token), Piece(self.tokenizer.eos_token, True)]
        return list(self.turns(told.messages))

    def turns(self, messages: Sequence[Message]) -> Iterator[Piece]:
        """What the template writes before an answer is given; the answer, up to where generation stops, is learned."""
        written = ""
        for place, message in enumerate(messages):
            if message.role != "assistant":
                continue
            asked = self.render(messages[:place], opens=True)
            answered = self.render(messages[: place + 1], opens=False)
            if not asked.startswith(written) or not answered.startswith(asked):
                raise ValueError("the chat template writes a turn differently once another follows; use a plain one")
            yield Piece(asked[len(written) :], False)
            kept = answered[len(asked) :]
            yield Piece(kept.rstrip("\n"), True)
            written = answered[: len(answered) - (len(kept) - len(kept.rstrip("\n")))]

    def render(self, messages: Sequence[Message], *, opens: bool) -> str:
        """Raises ValueError for what the template can't write."""
        said = [{"role": message.role, "content": content(message)} for message in messages]
        try:
            made = self.tokenizer.apply_chat_template(
                said, chat_template=self.processor.chat_template, tokenize=False, add_generation_prompt=opens
            )
        except TEMPLATE_ERRORS as error:
            raise ValueError(f"the chat template can't write it: {error}; mend “chat_template”") from None
        return str(made)

    def tokens(self, many: Iterable[Told]) -> Tokens:
        """All of `many` show the same pictures, before everything else where there are several."""
        written = [self.encoded(told) for told in many]
        images = [image for told, _ in written[:1] for image in told.images]
        first = written[0][1]
        shared = last_image(first, self.image_id) + 1 if len(written) > 1 else 0
        result = Tokens([], [], [], [], images)
        self.append(result, first[:shared], SHARED)
        for number, (_, branch) in enumerate(written, 1):
            if [pair[0] for pair in branch[:shared]] != result.ids[:shared]:
                raise ValueError("questions that share a picture must all begin with it")
            self.append(result, branch[shared:], number)
        return result

    @staticmethod
    def append(result: Tokens, pairs: list[tuple[int, int]], number: int) -> None:
        shared = result.branches.count(SHARED)
        result.ids.extend(pair[0] for pair in pairs)
        result.targets.extend(pair[1] for pair in pairs)
        result.positions.extend(range(shared, shared + len(pairs)))
        result.branches.extend([number] * len(pairs))

    def encoded(self, told: Told) -> tuple[Told, list[tuple[int, int]]]:
        """Pairs of a token and of what to foretell there. The last token is learned, never read."""
        ids: list[int] = []
        learned: list[bool] = []
        for piece in self.pieces(told):
            found = list(self.spread(self.tokenizer(piece.text, add_special_tokens=False).input_ids))
            ids.extend(found)
            learned.extend(piece.learned and token != self.image_id for token in found)
        if ids.count(self.image_id) != len(told.images) * self.image_tokens:
            raise ValueError(f"the text holds the token {self.image_token}, which marks pictures")
        targets = [token if wanted else NOTHING for token, wanted in zip(ids, learned, strict=True)][1:]
        return told, list(zip(ids, targets, strict=False))

    def spread(self, ids: Sequence[int]) -> Iterator[int]:
        for token in ids:
            yield from [token] * (self.image_tokens if token == self.image_id else 1)


def document_pieces(parts: Sequence[Part], image_token: str) -> list[Piece]:
    return [Piece(image_token, False) if part.image else Piece(part.text or "", True) for part in parts]


def content(message: Message) -> Any:
    if isinstance(message.content, str):
        return message.content
    return [{"type": "image"} if part.image else {"type": "text", "text": part.text} for part in message.content]


def last_image(pairs: Sequence[tuple[int, int]], image_id: int) -> int:
    return max((place for place, (token, _) in enumerate(pairs) if token == image_id), default=-1)
