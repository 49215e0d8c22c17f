"""Rows of preference pairs: a prompt with two answers, one chosen and one rejected, as TRL has them (conversations or
plain texts, pictures as paths or inside a Parquet file) and as the platform exports its judgments.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, ValidationError

from inference.vlm.data.kinds import Message, Part, Row, Told
from inference.vlm.data.rows import picture_below

Text = Annotated[str, StringConstraints(min_length=1)]


class Block(Row):
    """A part of a message; pictures are named by their order in `images`."""

    type: Literal["text", "image"]
    text: str | None = None


class Said(Row):
    role: Literal["system", "user", "assistant"]
    content: Text | list[Block]


class Stored(Row):
    """A picture inside the file, as the Image feature of `datasets` writes it."""

    bytes: bytes


class PairRow(Row):
    prompt: Text | list[Said]
    chosen: Text | list[Said]
    rejected: Text | list[Said]
    images: list[Text | Stored] = []


@dataclass(frozen=True)
class Pair:
    """`images` are whole paths, or the contents of files. Pictures in the messages are called by their number."""

    chosen: Told
    rejected: Told
    images: tuple[Path | bytes, ...]


def read_pair(values: Any, folder: Path) -> Pair:
    """Raises ValueError that names the field."""
    try:
        row = PairRow.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{field or 'the row'}: {first['msg']}; a row has {', '.join(PairRow.model_fields)}") from None
    images = tuple(picture_below(folder, image) if isinstance(image, str) else image.bytes for image in row.images)
    prompt = asked(row.prompt, len(images))
    chosen, rejected = answer(row.chosen, "chosen"), answer(row.rejected, "rejected")
    if chosen == rejected:
        raise ValueError("chosen and rejected are the same: there is nothing to prefer")
    return Pair(Told((*prompt, chosen)), Told((*prompt, rejected)), images)


def asked(prompt: str | list[Said], pictures: int) -> tuple[Message, ...]:
    """A prompt without a word about its pictures has them before the first thing the user says."""
    said = [Said(role="user", content=prompt)] if isinstance(prompt, str) else prompt
    named = sum(block.type == "image" for message in said for block in blocks(message))
    first = next((place for place, message in enumerate(said) if message.role == "user"), None)
    if first is None:
        raise ValueError("prompt: nobody asks anything; give a message of the user")
    if not named and pictures:
        shown = [Block(type="image") for _ in range(pictures)]
        said = [*said[:first], Said(role="user", content=[*shown, *blocks(said[first])]), *said[first + 1 :]]
    elif named != pictures:
        raise ValueError(f"prompt: it shows {named} pictures, but images has {pictures}")
    numbers = iter(range(pictures))
    return tuple(
        Message(
            role=message.role,
            content=[
                Part(image=str(next(numbers))) if block.type == "image" else Part(text=block.text)
                for block in blocks(message)
                if block.type == "image" or block.text
            ],
        )
        for message in said
    )


def blocks(message: Said) -> list[Block]:
    return [Block(type="text", text=message.content)] if isinstance(message.content, str) else message.content


def answer(said: str | list[Said], field: str) -> Message:
    if isinstance(said, str):
        return Message(role="assistant", content=said)
    texts = [block.text or "" for message in said for block in blocks(message)]
    if len(said) != 1 or said[0].role != "assistant" or not "".join(texts):
        raise ValueError(f"{field}: give one message of the assistant, with text")
    return Message(role="assistant", content="".join(texts))
