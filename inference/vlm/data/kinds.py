"""What a row of each kind of data holds, and the conversation or document that a model learns from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

Text = Annotated[str, StringConstraints(min_length=1)]


class Row(BaseModel):
    """Other keys of a row are left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)


class Part(Row):
    """A text, or a picture by its path."""

    text: Text | None = None
    image: Text | None = None

    @model_validator(mode="after")
    def one(self) -> "Part":
        if (self.text is None) == (self.image is None):
            raise PydanticCustomError("one", "a part is either a text or an image")
        return self


class Message(Row):
    role: Literal["system", "user", "assistant"]
    content: Text | list[Part]


@dataclass(frozen=True)
class Told:
    """`messages` are learned where the assistant speaks; without any, the text of `document` is."""

    messages: tuple[Message, ...] = ()
    document: tuple[Part, ...] = ()

    @property
    def images(self) -> list[str]:
        parts = [part for message in self.messages if isinstance(message.content, list) for part in message.content]
        return [part.image for part in [*parts, *self.document] if part.image is not None]


class Pair(Row):
    """An image and its text; the recipe's `instruction` asks for it."""

    image: Text
    text: Text

    def told(self, instruction: str) -> Told:
        return turn(self.image, instruction, self.text)


class Interleaved(Row):
    """A document of texts and pictures; all its text is learned."""

    parts: list[Part]

    def told(self, instruction: str) -> Told:
        if not any(part.text for part in self.parts):
            raise ValueError("there is no text to learn")
        return Told(document=tuple(self.parts))


class Triplet(Row):
    image: Text
    instruction: Text
    answer: Text

    def told(self, instruction: str) -> Told:
        return turn(self.image, self.instruction, self.answer)


class Conversation(Row):
    """With pictures or without; what the assistant says is learned."""

    messages: list[Message]

    def told(self, instruction: str) -> Told:
        if not self.messages or self.messages[-1].role != "assistant":
            raise ValueError("the last message must be the assistant's: there is nothing to learn")
        return Told(messages=tuple(self.messages))


def turn(image: str, instruction: str, answer: str) -> Told:
    asked = Message(role="user", content=[Part(image=image), Part(text=instruction)])
    return Told(messages=(asked, Message(role="assistant", content=answer)))


KINDS: Mapping[str, type[Any]] = {
    "pairs": Pair,
    "interleaved": Interleaved,
    "triplets": Triplet,
    "conversations": Conversation,
}


def read_row(kind: str, values: Any, instruction: str) -> Told:
    """Raises ValueError that names the field."""
    try:
        row = KINDS[kind].model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{field or 'the row'}: {first['msg']}; a row of {kind} has {keys(kind)}") from None
    told: Told = row.told(instruction)
    return told


def keys(kind: str) -> str:
    return ", ".join(KINDS[kind].model_fields)
