"""From the nearest labelled pictures to tags with scores, and to the card of the best one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from inference.declare import Doc
from inference.retrieval.catalogue import in_language
from inference.retrieval.picture_index import Match

TEMPERATURE = 0.07  # of the votes: Wu et al. 2018, “Unsupervised feature learning via non-parametric discrimination”


class Limits(Protocol):
    """See `inference.components.visual_search.VisualOptions`."""

    @property
    def min_similarity(self) -> float: ...
    @property
    def min_score(self) -> float: ...
    @property
    def card_similarity(self) -> float: ...
    @property
    def card_agreement(self) -> float: ...


def tag_votes(near: Sequence[Match], language: str) -> dict[str, float]:
    """Tags by their share of the votes, most first: a picture's vote weighs exp(similarity / 0.07)."""
    if not near:
        return {}
    weights = [math.exp((match.similarity - near[0].similarity) / TEMPERATURE) for match in near]
    votes: dict[str, float] = {}
    for match, weight in zip(near, weights, strict=True):
        for tag in dict.fromkeys(in_language(match.entry.tags, language) or ()):
            votes[tag] = votes.get(tag, 0.0) + weight / sum(weights)
    return {tag: round(score, 2) for tag, score in sorted(votes.items(), key=lambda pair: -pair[1])}


@dataclass(frozen=True)
class Reading:
    """What one picture's nearest neighbours say: tags with scores, those neighbours, and a card if they agree."""

    tags: Mapping[str, float]
    near: list[dict[str, Any]]
    card: list[dict[str, Any]]


def reading(matches: Sequence[Match], language: str, limits: Limits) -> Reading:
    """`matches`: best first."""
    near = [match for match in matches if match.similarity >= limits.min_similarity]
    votes = tag_votes(near, language)
    tags = {tag: score for tag, score in votes.items() if score >= limits.min_score}
    card = [told(match, language) for match in near[:1] if is_card(match, votes, language, limits)]
    return Reading(tags, [told(match, language) for match in near], card)


def is_card(best: Match, votes: Mapping[str, float], language: str, limits: Limits) -> bool:
    """Whether the best match is near, and its neighbours say much the same of the picture as it does."""
    tags = in_language(best.entry.tags, language) or []
    agreed = sum(votes.get(tag, 0.0) for tag in tags) / len(tags) if tags else 1.0
    return best.similarity >= limits.card_similarity and agreed >= limits.card_agreement


def told(match: Match, language: str) -> dict[str, Any]:
    entry = match.entry
    return Doc(
        id=entry.id,
        title=in_language(entry.title, language) or "",
        text=in_language(entry.description, language) or "",
        score=match.similarity,
        source=entry.source,
    ).as_json()


def listed(texts: Sequence[str]) -> str:
    """One picture's text as it is; of several, a numbered line each, if any has something to say."""
    if len(texts) < 2 or not any(texts):
        return "".join(texts)
    return "\n".join(f"{place}. {text or '–'}" for place, text in enumerate(texts, start=1))
