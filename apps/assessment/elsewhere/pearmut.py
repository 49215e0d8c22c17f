"""Pearmut's annotations: each item holds the outputs of several models, each with scores and marked spans.

As zouharvi/pearmut writes them (server/app.py and server/results_export.py, 2026): JSON Lines in
`data/annotations/<campaign>.jsonl` or, formerly, `data/outputs/`, one line a document with `item`, `annotation`,
`actions`, `user_id` and `item_i`; and `/download-annotations`, which holds these lines by campaign. As Pearmut's own
results do, a line annulled by `__RESET__` or followed by another of the same person and document does not count, nor do
welcome, random and goodbye documents. Of two models the one with more points is better. Spans are faults: their number
in each output, and the numbers by main category of MQM. The order in which models were shown is not in the file.
"""

from __future__ import annotations

import hashlib
import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Pair,
    Told,
    Wrong,
    gettext_noop,
    json_lines,
    json_of,
    moment_of,
    required,
    seconds_of,
)
from apps.assessment.elsewhere.pairing import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

name, label = "pearmut", "Pearmut (JSON, JSONL)"
RESET = "__RESET__"
ASIDE = ("welcome_", "random_", "goodbye_")
SPANS, SLIDERS = "error spans", "mean of sliders"
Line = tuple[int, str, dict[str, Any]]  # row, campaign, what it says


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    counted: dict[tuple[str, ...], Line] = {}
    for line in _lines(text):
        if isinstance(line, Wrong):
            yield line
            continue
        row, campaign, said = line
        place = (campaign, str(said.get("user_id")), str(said.get("item_i")))
        counted.pop(place, None)
        if said.get("annotation") != RESET and not place[2].startswith(ASIDE):
            counted[place if said.get("item_i") is not None else (*place, str(row))] = line
    categories = sorted({category for line in counted.values() for category in _categories(line[2])})
    for line in counted.values():
        try:
            yield from _judgments(line, categories)
        except Wrong as wrong:
            yield wrong


def _lines(text: str) -> Iterator[Line | Wrong]:
    whole = json_of(text) if text.lstrip().startswith(("[", "{")) else None
    if isinstance(whole, dict) and not {"item", "annotation", "payload"} & set(whole):
        campaigns = {key: lines for key, lines in whole.items() if isinstance(lines, list)}
        numbered = [(key if len(campaigns) > 1 else "", line) for key, lines in campaigns.items() for line in lines]
    elif isinstance(whole, (list, dict)):
        numbered = [("", line) for line in (whole if isinstance(whole, list) else [whole])]
    else:
        yield from (line if isinstance(line, Wrong) else (line[0], "", _flat(line[1])) for line in json_lines(text))
        return
    for row, (campaign, line) in enumerate(numbered, start=1):
        yield (row, campaign, _flat(line)) if isinstance(line, dict) else _no_item(row)


def _flat(said: dict[str, Any]) -> dict[str, Any]:
    """The request that the page sends holds the same in `payload`."""
    return {**said, **said["payload"]} if isinstance(said.get("payload"), dict) else said


def _no_item(row: int) -> Wrong:
    return Wrong(row, "item", gettext_noop("is missing. Export the annotations with their items."))


def _judgments(line: Line, categories: list[str]) -> Iterator[Told]:
    row, campaign, said = line
    items, marks = said.get("item"), said.get("annotation")
    if not isinstance(items, list):
        raise _no_item(row)
    if not isinstance(marks, list) or len(marks) != len(items):
        raise Wrong(row, "annotation", gettext_noop("does not fit the items. Export it again."))
    actions = said.get("actions")
    found = [number_of(a.get("time")) for a in actions if isinstance(a, dict)] if isinstance(actions, list) else []
    times = [time for time in found if time is not None]
    for item, scores in zip(items, marks, strict=True):
        if scores is None or (isinstance(item, dict) and "form" in item and "tgt" not in item):
            continue  # skipped, or a question about the person
        texts = item.get("tgt") if isinstance(item, dict) else None
        if not isinstance(texts, dict) or not isinstance(scores, dict) or not set(scores) <= set(texts):
            why = gettext_noop("names models that the item has no output of. Export it again.")
            raise Wrong(row, "annotation", why)
        points = {model: _points(mark, row, categories) for model, mark in sorted(scores.items()) if mark is not None}
        for a, b in combinations([model for model, numbers in points.items() if numbers], 2):
            yield Told(
                row,
                _key(item, campaign),
                required(said, row, "user_id"),
                a,
                b,
                {key: _pair(key, points[a], points[b]) for key in points[a] if key in points[b]},
                instruction=str(item.get("src") or ""),
                answer_a=str(texts[a]),
                answer_b=str(texts[b]),
                seconds=seconds_of(max(times) - min(times) if times else 0, row, "actions"),
                judged_at=moment_of(max(times) if times else None, row, "actions"),
            )


def _key(item: Mapping[str, Any], campaign: str) -> str:
    """Its id, else what it shows apart from the outputs, as Pearmut does."""
    shown = json.dumps({**item, "tgt": None}, sort_keys=True, ensure_ascii=True)
    key = str(item.get("item_id") or hashlib.sha256(shown.encode()).hexdigest()[:32])
    return f"{campaign}/{key}" if campaign else key


def _pair(key: str, a: Mapping[str, float], b: Mapping[str, float]) -> Pair:
    return Pair(a[key], b[key], faults=key.startswith(SPANS))


def _points(mark: Any, row: int, categories: list[str]) -> dict[str, float]:
    """Score, sliders and numbers of spans. Empty where it was not scored yet."""
    if not isinstance(mark, dict):
        raise Wrong(row, "annotation", gettext_noop("has no score. Only scored or slider campaigns can be compared."))
    sliders = mark.get("sliders") if isinstance(mark.get("sliders"), dict) else {}
    given = {"score": mark.get("score"), **(sliders or {})}
    points = {str(key): number for key, raw in given.items() if (number := number_of(raw)) is not None}
    if not points and any(raw is not None for raw in given.values()):
        raise Wrong(row, "annotation", gettext_noop("has a score that is no number. Export it again."))
    if not points:
        return {}
    if "score" not in points and len(points) > 1:
        points[SLIDERS] = sum(points.values()) / len(points)
    spans = mark.get("error_spans")
    if isinstance(spans, list):
        kinds = [_category(span) for span in spans]
        points |= {SPANS: float(len(spans))}
        points |= {f"{SPANS}: {category}": float(kinds.count(category)) for category in categories}
    return points


def _categories(said: Mapping[str, Any]) -> Iterator[str]:
    marks = said.get("annotation")
    for scores in marks if isinstance(marks, list) else ():
        for mark in scores.values() if isinstance(scores, dict) else ():
            spans = mark.get("error_spans") if isinstance(mark, dict) else None
            yield from filter(None, (_category(span) for span in spans) if isinstance(spans, list) else ())


def _category(span: Any) -> str:
    """The main one of `Accuracy/Omission`."""
    said = span.get("category") if isinstance(span, dict) else None
    return said.partition("/")[0].strip() if isinstance(said, str) else ""
