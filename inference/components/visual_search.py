"""`visual_search`: what a picture shows, by the nearest labelled pictures of a catalogue, and what is written on it."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from inference.contracts import Failure
from inference.declare import Cancelled, Component, Options, Resources, StepInput, StepOutput, StepRunner
from inference.models.pictures import open_picture
from inference.readers import Reader, best_reader
from inference.retrieval.encoders import PICTURE_ENCODER
from inference.retrieval.matches import listed, reading
from inference.spec.model import StepSpec

Share = Annotated[float, Field(ge=0, le=1)]
Cosine = Annotated[float, Field(ge=-1, le=1)]
CANCELLED = Failure("cancelled", "The run was cancelled while pictures were looked at.", retryable=True)


class VisualOptions(Options):
    """Tags are voted by the `top_k` nearest pictures that reach `min_similarity`; a tag with less than `min_score` of
    the votes is left out. The card is the best match's, if it reaches `card_similarity` and its tags have on average
    `card_agreement` of the votes. `min_confidence`: see `ocr`.
    """

    catalogue: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    encoder: Annotated[str, StringConstraints(pattern=PICTURE_ENCODER)] = "descriptor@1"
    top_k: Annotated[int, Field(ge=1, le=100)] = 5
    min_similarity: Cosine = 0.8
    min_score: Share = 0.4
    card_similarity: Cosine = 0.8
    card_agreement: Share = 0.4
    read_text: bool = True
    min_confidence: Annotated[int, Field(ge=0, le=100)] = 60


@dataclass(frozen=True)
class Seen:
    """One task's pictures: made ready for the encoder, and the text of each."""

    prepared: list[Any]
    texts: list[str]


def build(step: StepSpec, options: VisualOptions, resources: Resources) -> StepRunner:
    from inference.retrieval.picture_index import open_pictures

    index = open_pictures(options.catalogue, options.encoder, resources.model_dir)
    reader = best_reader() if options.read_text else None
    record = {**index.record, **({"reader": dict(reader.record)} if reader else {})}

    def look(item: StepInput, cancelled: Cancelled) -> Seen | Failure:
        if cancelled():
            return CANCELLED
        try:
            return see([*item.values["images"]], index.encoder, reader, options)
        except ValueError as error:
            return Failure("input", str(error), retryable=False)
        except TimeoutError as error:
            return Failure("timeout", f"Reading the picture took too long: {error}", retryable=True)

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        with ThreadPoolExecutor(reader.threads if reader else 1) as pool:
            seen = list(pool.map(lambda item: look(item, cancelled), items))
        prepared = [one for found in seen if isinstance(found, Seen) for one in found.prepared]
        matches = iter(index.nearest(prepared, options.top_k))
        return [
            found if isinstance(found, Failure) else output(found, list(islice(matches, len(found.prepared))), item)
            for found, item in zip(seen, items, strict=True)
        ]

    def output(found: Seen, matches: list[Any], item: StepInput) -> StepOutput:
        return StepOutput(outputs(found, matches, item.language, options, reader), {"model": record})

    return run


def see(pictures: list[Path], encoder: Any, reader: Reader | None, options: VisualOptions) -> Seen:
    """One picture after the other, so that a batch of large ones is never in memory together."""
    seen = Seen([], [])
    for path in pictures:
        picture = open_picture(path)
        seen.prepared.append(encoder.prepare(picture))
        seen.texts.append(reader.read(picture, options.min_confidence) if reader else "")
    return seen


def outputs(
    found: Seen, matches: list[Any], language: str, options: VisualOptions, reader: Reader | None
) -> Mapping[str, Any]:
    read = [reading(row, language, options) for row in matches]
    made = {
        "tags": listed([", ".join(one.tags) for one in read]),
        "scores": listed([", ".join(f"{tag} {score:.2f}" for tag, score in one.tags.items()) for one in read]),
        "text": "\n\n".join(text for text in found.texts if text),
        "card": list({card["id"]: card for one in read for card in one.card}.values()),
        "matches": [doc for one in read for doc in one.near],
    }
    return {**made, "note": reader.note} if reader and reader.note and found.texts else made


component = Component(
    uses="visual_search",
    outputs={"tags": "text", "scores": "text", "text": "text", "card": "docs", "matches": "docs"},
    build=build,
    options=VisualOptions,
    required={"images": "image"},
)
