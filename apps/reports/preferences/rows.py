"""Pairs as rows: prompt, chosen and rejected as conversations, pictures, and where each comes from."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from apps.assessment.models import Comparison
from apps.buckets.models import TaskImage
from apps.reports.preferences.rules import MEANT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from apps.buckets.models import Image
    from apps.reports.preferences.plan import Plan
    from apps.reports.preferences.rules import Candidate

AT_ONCE = 100  # pairs whose texts are in memory


@dataclass(frozen=True)
class Picture:
    """`name` is the stored picture's hash with its ending."""

    name: str
    image: Image

    def read(self) -> bytes:
        with self.image.file.open("rb") as file:
            content: bytes = file.read()
        return content


@dataclass(frozen=True)
class Row:
    """`values` are `prompt`, `chosen`, `rejected` and `provenance`; a form adds `images` in its own way."""

    values: dict[str, Any]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Export:
    """What a form writes down. `rows` are read a few at a time, each time anew."""

    plan: Plan
    manifest: dict[str, Any]

    def rows(self) -> Iterator[Row]:
        pairs = self.plan.selection.pairs
        for start in range(0, len(pairs), AT_ONCE):
            now = pairs[start : start + AT_ONCE]
            comparisons = Comparison.objects.select_related("task", "answer_a", "answer_b").defer(
                "answer_a__trace", "answer_b__trace"
            )
            found = comparisons.in_bulk([pair.key for pair in now])
            pictures = pictures_of({comparison.task_id for comparison in found.values()})
            for pair in now:
                comparison = found[pair.key]
                yield row_of(pair, comparison, pictures[comparison.task_id], self.manifest)


def pictures_of(tasks: Collection[int]) -> dict[int, list[Picture]]:
    """By task, in the order in which they are shown."""
    found: dict[int, list[Picture]] = defaultdict(list)
    shown = TaskImage.objects.filter(task__in=tasks).select_related("image").order_by("task", "position")
    for place in shown:
        name = f"{place.image.sha256}{PurePosixPath(place.image.file.name or '').suffix}"
        found[place.task_id].append(Picture(name, place.image))
    return found


def row_of(pair: Candidate, comparison: Comparison, pictures: list[Picture], manifest: dict[str, Any]) -> Row:
    """The answers as they were stored, the instruction as it was asked; pictures before it."""
    winner, loser = ("a", "b") if pair.winner == "a" else ("b", "a")
    texts = {"a": comparison.answer_a.text or "", "b": comparison.answer_b.text or ""}
    asked = [{"type": "image", "text": None} for _ in pictures] + text_part(comparison.task.instruction)
    values = {
        "prompt": [{"role": "user", "content": asked}],
        "chosen": [{"role": "assistant", "content": text_part(texts[winner])}],
        "rejected": [{"role": "assistant", "content": text_part(texts[loser])}],
        "provenance": provenance(pair, comparison, manifest),
    }
    return Row(values, tuple(pictures))


def text_part(text: str) -> list[dict[str, str | None]]:
    return [{"type": "text", "text": text}]


def provenance(pair: Candidate, comparison: Comparison, manifest: dict[str, Any]) -> dict[str, Any]:
    """Counts are of the judgments that count; no assessor is named."""
    winner, loser = ("a", "b") if pair.winner == "a" else ("b", "a")
    meant = Counter(MEANT[vote.verdict] for vote in pair.votes)
    task = comparison.task
    return {
        "evaluation": manifest["evaluation"]["id"],
        "comparison": str(comparison.public_id),
        "task": task.key,
        "language": task.language,
        "cluster": task.cluster,
        "chosen_side": winner,
        "chosen_revision_sha256": manifest[winner]["revision_sha256"],
        "rejected_revision_sha256": manifest[loser]["revision_sha256"],
        "judgments": len(pair.votes),
        "votes_chosen": meant[winner],
        "votes_much": sum(vote.verdict == f"{winner}_much" for vote in pair.votes),
        "votes_rejected": meant[loser],
        "votes_tie": meant["tie"],
        "votes_both_bad": meant["both_bad"],
        "criteria": criteria(pair),
        "report_sha256": manifest["report"]["sha256"] if manifest["report"] else None,
    }


def criteria(pair: Candidate) -> list[dict[str, Any]]:
    """Of each criterion that was rated: how many ratings, and their mean, 1 when all favour the chosen answer."""
    sign = 1 if pair.winner == "a" else -1
    given: dict[str, list[int]] = defaultdict(list)
    for vote in pair.votes:
        for key, preference in vote.ratings.items():
            given[key].append(sign * preference)
    return [
        {"key": key, "ratings": len(values), "toward_chosen": sum(values) / len(values)}
        for key, values in sorted(given.items())
    ]
