"""`ocr`: the text in the pictures. Tesseract reads Russian and English; RapidOCR, where it is missing, English only."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

from pydantic import Field

from inference.contracts import Failure
from inference.declare import Cancelled, Component, Options, Resources, StepInput, StepOutput, StepRunner
from inference.models.pictures import open_picture
from inference.readers import Reader, best_reader
from inference.spec.model import StepSpec

CANCELLED = Failure("cancelled", "The run was cancelled while pictures were read.", retryable=True)


class OcrOptions(Options):
    """Words that the reader is less sure of than `min_confidence` (0–100) are left out: photos are full of them."""

    min_confidence: Annotated[int, Field(ge=0, le=100)] = 60


def build(step: StepSpec, options: OcrOptions, resources: Resources) -> StepRunner:
    reader = best_reader()

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        with ThreadPoolExecutor(reader.threads) as pool:
            return list(pool.map(lambda item: read_item(reader, item, options, cancelled), items))

    return run


def read_item(reader: Reader, item: StepInput, options: OcrOptions, cancelled: Cancelled) -> StepOutput | Failure:
    if cancelled():
        return CANCELLED
    try:
        pictures = [open_picture(path) for path in item.values["images"]]
    except ValueError as error:
        return Failure("input", str(error), retryable=False)
    try:
        texts = [reader.read(picture, options.min_confidence) for picture in pictures]
    except TimeoutError as error:
        return Failure("timeout", f"Reading the picture took too long: {error}", retryable=True)
    text = "\n\n".join(found for found in texts if found)
    note = {"note": reader.note} if reader.note and pictures else {}
    return StepOutput({"text": text, **note}, {"model": reader.record})


component = Component(
    uses="ocr", outputs={"text": "text"}, build=build, options=OcrOptions, required={"images": "image"}
)
