"""Dense re-ranking: what full-text search found, in the order of its meaning's nearness to the query."""

from collections.abc import Sequence
from dataclasses import replace

from inference.declare import Doc
from inference.retrieval.encoders import SentenceEncoder

Pair = tuple[str, Sequence[Doc]]


def reranked(pairs: Sequence[Pair], encoder: SentenceEncoder, limit: int) -> list[list[Doc]]:
    """For each query its documents by cosine, which becomes their score; ties stay in the order of the search."""
    texts = [query for query, _ in pairs] + [body(doc) for _, docs in pairs for doc in docs]
    if not pairs:
        return []
    vectors = encoder.encode(texts)
    place, made = len(pairs), []
    for number, (_, docs) in enumerate(pairs):
        cosines = vectors[place : place + len(docs)] @ vectors[number]
        place += len(docs)
        scored = [replace(doc, score=round(float(cosine), 4)) for doc, cosine in zip(docs, cosines, strict=True)]
        made.append(sorted(scored, key=lambda doc: -doc.score)[:limit])
    return made


def body(doc: Doc) -> str:
    return f"{doc.title}. {doc.text}"
