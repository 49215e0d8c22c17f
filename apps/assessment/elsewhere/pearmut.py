"""Pearmut's log of responses: each item holds the outputs of several models, each with scores; more is better."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    json_lines,
    json_of,
    moment_of,
    required,
    seconds_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

name, label = "pearmut", "Pearmut (JSON, JSONL)"


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    if text.lstrip().startswith("["):
        whole = json_of(text)
        lines = enumerate(whole, start=1) if isinstance(whole, list) else iter([whole])
    else:
        lines = iter(json_lines(text))
    for line in lines:
        try:
            if isinstance(line, Wrong):
                raise line
            yield from _judgments(*line)
        except Wrong as wrong:
            yield wrong


def _judgments(row: int, said: Any) -> Iterator[Told]:
    payload = said.get("payload", said) if isinstance(said, dict) else None
    if not isinstance(payload, dict) or not isinstance(payload.get("item"), list):
        raise Wrong(row, "item", gettext_noop("is missing. Export the annotations with their items."))
    marks = payload.get("annotation")
    if not isinstance(marks, list) or len(marks) != len(payload["item"]):
        raise Wrong(row, "annotation", gettext_noop("does not fit the items. Export it again."))
    number = said.get("item_i", payload.get("item_i"))
    for place, (item, scores) in enumerate(zip(payload["item"], marks, strict=True)):
        texts = item.get("tgt") if isinstance(item, dict) else None
        if not isinstance(texts, dict) or not isinstance(scores, dict) or not set(scores) <= set(texts):
            raise Wrong(
                row, "annotation", gettext_noop("names models that the item has no output of. Export it again.")
            )
        times = [a["time"] for a in payload.get("actions") or [] if isinstance(a, dict) and _is_number(a.get("time"))]
        for a, b in combinations(sorted(scores), 2):
            better = _score(scores[a], row) - _score(scores[b], row)
            yield Told(
                row,
                str(item.get("item_id") or f"{required({'item_i': number}, row, 'item_i')}.{place}"),
                required(said, row, "user_id"),
                "a" if better > 0 else "b" if better < 0 else "tie",
                a,
                b,
                instruction=str(item.get("src") or ""),
                answer_a=str(texts[a]),
                answer_b=str(texts[b]),
                seconds=seconds_of(max(times) - min(times) if times else 0, row, "actions"),
                judged_at=moment_of(max(times) if times else None, row, "actions"),
            )


def _score(mark: Any, row: int) -> float:
    """Its score, or else the mean of its sliders."""
    if isinstance(mark, dict) and _is_number(mark.get("score")):
        return float(mark["score"])
    sliders = mark.get("sliders") if isinstance(mark, dict) else None
    if not isinstance(sliders, dict) or not sliders or not all(map(_is_number, sliders.values())):
        raise Wrong(row, "annotation", gettext_noop("has no score. Only scored or slider campaigns can be compared."))
    return sum(map(float, sliders.values())) / len(sliders)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
