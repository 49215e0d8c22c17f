"""`rephrase`: a model turns the instruction, and what is known of the pictures, into one line to search with.

With `images` wired the model must read pictures and sees them too.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from inference.declare import Component, Options, Resources, StepInput, StepRunner
from inference.prompting import one_call
from inference.spec.model import StepSpec

LABEL = re.compile(r"^(search\s+)?(query|запрос|поисковый\s+запрос)\s*:\s*", re.IGNORECASE)
QUOTES = " \t\"'`“”„«»*"


class RephraseOptions(Options):
    """A query longer than `max_characters` is cut after its last word that fits."""

    max_characters: Annotated[int, Field(ge=20, le=2000)] = 300


def build(step: StepSpec, options: RephraseOptions, resources: Resources) -> StepRunner:
    return one_call(step, resources, lambda item, text: outputs(item, text, options.max_characters))


def outputs(item: StepInput, written: str, limit: int) -> Mapping[str, Any]:
    """What the model wrote stays in the record; `fallback` is there only when it could not be used."""
    query = one_line(written, limit)
    if query:
        return {"query": query, "written": written}
    instead = one_line(" ".join(str(item.values["instruction"]).split()), limit)
    return {"query": instead, "written": written, "fallback": "The model wrote no query; this is the instruction."}


def one_line(text: str, limit: int) -> str:
    """The first line with a letter or a digit in it, without label and quotes."""
    lines = (LABEL.sub("", line.strip(QUOTES)).strip(QUOTES) for line in text.splitlines())
    line = next((line for line in lines if any(sign.isalnum() for sign in line)), "")
    return line if len(line) <= limit else line[: limit + 1].rpartition(" ")[0].rstrip() or line[:limit]


component = Component(
    uses="rephrase",
    outputs={"query": "text"},
    build=build,
    options=RephraseOptions,
    required={"instruction": "text"},
    optional={"images": "image"},
    open_inputs=frozenset({"text", "docs"}),
    model="required",
    samples=True,
)
