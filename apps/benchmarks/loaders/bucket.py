"""Our own format: the JSON Lines of a bucket, with `choices`, `group`, `category` and `facts` beside its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import LETTERS, Malformed, Question, as_texts, text_of
from apps.benchmarks.loaders.fields import lettered, need
from apps.benchmarks.loaders.json_files import load, rows_of
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def _by_letter(choices: object) -> dict[str, str]:
    if not isinstance(choices, dict) or not set(choices) <= set(LETTERS):
        raise Malformed(gettext("`choices` must be a list of at most 26 texts, or texts by capital letter."))
    return {letter: text_of(text) for letter, text in choices.items()}


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    file = next(iter(sorted(source.glob("*.jsonl"))), source) if source.is_dir() else source

    def question(row: Mapping[str, Any]) -> Question:
        choices = row.get("choices") or {}
        return Question(
            key=text_of(need(row, "key")),
            text=text_of(need(row, "instruction")),
            references=as_texts(need(row, "references")),
            images=[pictures.named(name) for name in as_texts(row.get("images") or [])],
            choices=lettered(as_texts(choices)) if isinstance(choices, list) else _by_letter(choices),
            group=str(row.get("group", "")),
            category=str(row.get("category") or row.get("cluster") or ""),
            facts=dict(row.get("facts") or {}),
            language=str(row.get("language", "en")),
        )

    body = load(file)
    yield from each(rows_of(body if isinstance(body, list) else [body]), "key", question)
