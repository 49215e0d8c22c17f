"""`text_search`: the documents that are nearest to the query, as excerpts: from an embedded index or a server."""

from collections.abc import Iterator, Sequence
from typing import Any

from inference.contracts import Failure
from inference.declare import Cancelled, Component, Fault, Resources, StepInput, StepOutput, StepRunner
from inference.retrieval.encoders import sentence_encoder
from inference.retrieval.rerank import reranked
from inference.retrieval.searching import Found, Query, SearchOptions
from inference.search_engines import search_engines
from inference.spec.model import StepSpec

OF_ENGINES = ("corpus", "endpoint", "index", "fields")


def check(step: StepSpec, options: SearchOptions) -> Iterator[Fault]:
    engine = search_engines().get(options.engine)
    if engine is None:
        yield "with.engine", "not_one_of", {"known": ", ".join(search_engines())}
        return
    for name in OF_ENGINES:
        is_given = getattr(options, name) is not None
        if name in engine.needs and not is_given:
            yield f"with.{name}", "option_needed", {"engine": engine.name, "name": name}
        elif is_given and name not in engine.needs | engine.takes:
            yield f"with.{name}", "option_useless", {"engine": engine.name}


def build(step: StepSpec, options: SearchOptions, resources: Resources) -> StepRunner:
    searcher = search_engines()[options.engine].open(options, resources.model_dir)
    encoder = sentence_encoder(options.rerank, resources.model_dir) if options.rerank else None
    limit = max(options.candidates, options.top_k) if encoder else options.top_k

    def order(found: Sequence[tuple[Query, Found]]) -> Iterator[Found]:
        if encoder is None:
            yield from (one for _, one in found)
        else:
            pairs = [(query.text, one.docs) for query, one in found]
            for (_, one), docs in zip(found, reranked(pairs, encoder, options.top_k), strict=True):
                yield Found(docs, {**one.facts, "rerank": dict(encoder.record)})

    def told(found: Found) -> StepOutput:
        kept = [doc.as_json() for doc in found.docs[: options.top_k] if doc.score >= options.min_score]
        return StepOutput({"docs": kept}, {"model": {**searcher.record, **found.facts}})

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        queries = [Query(query_of(item), item.language) for item in items]
        results = searcher.search(queries, limit, cancelled)
        pairs = zip(queries, results, strict=True)
        ordered = order([(query, one) for query, one in pairs if isinstance(one, Found)])
        return [one if isinstance(one, Failure) else told(next(ordered)) for one in results]

    return run


def query_of(item: StepInput) -> str:
    """All texts, in the order of their names; of documents their titles."""
    return "\n".join(filter(None, (words(item.values[name]) for name in sorted(item.values))))


def words(value: Any) -> str:
    return value if isinstance(value, str) else "\n".join(str(doc["title"]) for doc in value)


component = Component(
    uses="text_search",
    outputs={"docs": "docs"},
    build=build,
    options=SearchOptions,
    open_inputs=frozenset({"text", "docs"}),
    needs_any_input=True,
    check=check,
)
