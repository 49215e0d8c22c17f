"""`text_search`: the documents of a corpus that are nearest to the question, from an embedded index (tantivy)."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from inference.contracts import Failure
from inference.declare import Cancelled, Component, Options, Resources, StepInput, StepOutput, StepRunner
from inference.spec.model import StepSpec


class SearchOptions(Options):
    """`corpus` is a JSONL file's name, see `inference.retrieval.corpus`; results below `min_score` are left out."""

    corpus: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    top_k: Annotated[int, Field(ge=1, le=100)] = 5
    min_score: Annotated[float, Field(ge=0)] = 0.0


def build(step: StepSpec, options: SearchOptions, resources: Resources) -> StepRunner:
    from inference.retrieval.tantivy_index import open_index

    index = open_index(options.corpus, resources.model_dir)

    def search(item: StepInput) -> StepOutput:
        query = "\n".join(str(item.values[name]) for name in sorted(item.values))
        found = [doc for doc in index.search(query, options.top_k) if doc.score >= options.min_score]
        return StepOutput({"docs": [doc.as_json() for doc in found]}, {"model": index.record})

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        return [search(item) for item in items]

    return run


component = Component(
    uses="text_search",
    outputs={"docs": "docs"},
    build=build,
    options=SearchOptions,
    open_inputs=frozenset({"text"}),
    needs_any_input=True,
)
