"""Chatbot Arena's battles: JSON Lines with model_a, model_b, winner, and the two conversations."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    json_lines,
    moment_of,
    optional,
    required,
    verdict_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

name, label = "arena", "Chatbot Arena (JSONL)"


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    for line in json_lines(text):
        if isinstance(line, Wrong):
            yield line
            continue
        try:
            yield _battle(*line)
        except Wrong as wrong:
            yield wrong


def _battle(row: int, said: dict[str, Any]) -> Told:
    asked, answer_a = _conversation(said.get("conversation_a"), row, "conversation_a")
    _, answer_b = _conversation(said.get("conversation_b"), row, "conversation_b")
    if not (said.get("question_id") or asked):
        raise Wrong(row, "question_id", gettext_noop("is missing. Add it, or the conversations."))
    task = str(said.get("question_id") or hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:32])
    return Told(
        row,
        task,
        required(said, row, "judge", "judge_hash", "user_id", "evaluation_session_id"),
        verdict_of(said.get("winner"), row, "winner"),
        required(said, row, "model_a"),
        required(said, row, "model_b"),
        instruction=asked,
        answer_a=answer_a,
        answer_b=answer_b,
        language=optional(said, row, "language", "und")[:16],
        judged_at=moment_of(said.get("tstamp"), row, "tstamp"),
    )


def _conversation(turns: Any, row: int, field: str) -> tuple[str, str]:
    """What was asked, and what was answered, all turns."""
    if turns is None:
        return "", ""
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise Wrong(row, field, gettext_noop("is no list of turns with role and content. Export it again."))
    sides = [[_said(turn) for turn in turns if (turn.get("role") == "user") == asked] for asked in (True, False)]
    return "\n\n".join(sides[0]), "\n\n".join(sides[1])


def _said(turn: dict[str, Any]) -> str:
    content = turn.get("content")
    parts = content if isinstance(content, list) else [content]
    return "\n".join(str(part.get("text") or "") if isinstance(part, dict) else str(part or "") for part in parts)
