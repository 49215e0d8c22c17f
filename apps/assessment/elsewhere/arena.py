"""Battles of Chatbot Arena: model_a, model_b, winner, and the two conversations, in the shapes that were published.

- JSON Lines of `lmsys/chatbot_arena_conversations` and of `lmsys/mt_bench_human_judgments`: question_id, judge, turn,
  language, tstamp;
- of `lmarena-ai/arena-human-preference-100k` and `-140k`: judge_hash, or id with evaluation_session_id and timestamp;
  category_tag and is_code, from which the cluster is taken; content as a list of parts;
- of `lmarena-ai/PPE-Human-Preference-V1`: prompt, response_1, response_2;
- CSV of `lmsys/lmsys-arena-human-preference-55k`: winner_model_a, winner_model_b, winner_tie; texts as lists in JSON.

(The data sets' cards on huggingface.co, 2023 to 2025.) Where nobody is named, each battle has an assessor of its own:
its voters were mostly different people.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    json_lines,
    moment_of,
    optional,
    read_each,
    required,
)
from apps.assessment.elsewhere.cells import table_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

name, label = "arena", "Chatbot Arena (JSONL, CSV)"
JUDGES = ("judge", "judge_hash", "user_id", "evaluation_session_id")
ONE_HOT = {"winner_model_a": "model_a", "winner_model_b": "model_b", "winner_tie": "tie"}
# Of category_tag: the tag, what of it must be true, and the cluster; the first that fits.
TAGS = (
    ("math_v0.1", "math", "math"),
    ("creative_writing_v0.1", "creative_writing", "creative writing"),
    ("if_v0.1", "if", "instruction following"),
)


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    lines = json_lines(text) if text.lstrip().startswith(("{", "[")) else table_rows(text)
    yield from read_each(lines, _battle)


def _battle(row: int, said: dict[str, Any]) -> Told:
    asked, answer_a = _conversation(said, row, "conversation_a", "response_a", "response_1")
    _, answer_b = _conversation(said, row, "conversation_b", "response_b", "response_2")
    task = _task(said, row, asked)
    return Told(
        row,
        task,
        required(said, row, *JUDGES) if any(said.get(judge) for judge in JUDGES) else f"anonymous {task}",
        required(said, row, "model_a"),
        required(said, row, "model_b"),
        {"winner": _winner(said, row)},
        instruction=asked,
        answer_a=answer_a,
        answer_b=answer_b,
        language=optional(said, row, "language", "und")[:16],
        cluster=optional(said, row, "cluster") or _cluster(said),
        judged_at=moment_of(said.get("tstamp", said.get("timestamp")), row, "tstamp"),
    )


def _winner(said: dict[str, Any], row: int) -> str:
    if "winner" in said or not set(ONE_HOT) & set(said):
        return required(said, row, "winner")
    won = [word for column, word in ONE_HOT.items() if str(said.get(column)).strip() == "1"]
    if len(won) != 1:
        raise Wrong(row, "winner_model_a", gettext_noop("and its like must be 1 in one of the three columns, else 0."))
    return won[0]


def _task(said: dict[str, Any], row: int, asked: str) -> str:
    """A vote's own id; a question asked of several judges has one key for each turn that was judged."""
    if not (said.get("question_id") or said.get("id") or asked):
        raise Wrong(row, "question_id", gettext_noop("is missing. Add it, or the conversations."))
    digest = hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:32]
    task = str(said.get("question_id") or said.get("id") or digest)
    turn = said.get("turn")
    return f"{task} turn {turn}" if isinstance(turn, int) and turn > 1 else task


def _cluster(said: dict[str, Any]) -> str:
    tags = said.get("category_tag")
    if said.get("is_code") is True:
        return "code"
    if not isinstance(tags, dict):
        return ""
    true = (words for tag, key, words in TAGS if isinstance(tags.get(tag), dict) and tags[tag].get(key) is True)
    return next(true, "other")


def _conversation(said: dict[str, Any], row: int, field: str, *plain: str) -> tuple[str, str]:
    """What was asked, and what was answered, all turns."""
    turns = said.get(field)
    if turns is None:
        answer = next((said[name] for name in plain if said.get(name)), "")
        return _listed(said.get("prompt")), _listed(answer)
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise Wrong(row, field, gettext_noop("is no list of turns with role and content. Export it again."))
    sides = [[_said(turn) for turn in turns if (turn.get("role") == "user") == asked] for asked in (True, False)]
    return "\n\n".join(sides[0]), "\n\n".join(sides[1])


def _said(turn: dict[str, Any]) -> str:
    content = turn.get("content")
    parts = content if isinstance(content, list) else [content]
    return "\n".join(str(part.get("text") or "") if isinstance(part, dict) else str(part or "") for part in parts)


def _listed(text: Any) -> str:
    """A text, or all turns of one as a list in JSON."""
    try:
        turns = json.loads(text) if isinstance(text, str) and text.startswith("[") else text
    except (ValueError, RecursionError):
        turns = text
    return "\n\n".join(str(turn or "") for turn in turns) if isinstance(turns, list) else str(turns or "")
