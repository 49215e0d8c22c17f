"""One judgment as another tool kept it, what may be wrong with it, and what must hold of all together."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, fields, replace
from dataclasses import field as column
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from apps.assessment.domain.packing import Rated

MOST_BYTES, MOST_ROWS, MOST_WRONG, MOST_OVERLAP = 256 * 1024 * 1024, 1_000_000, 100, 20
MOST_PIPELINES = 100  # each two that were compared become an evaluation
LONGEST = {"task": 100, "assessor": 120, "a": 110, "b": 110, "language": 16, "cluster": 80}
LONGEST_TEXT = 100_000
VERDICTS = {
    "a_much": ("a_much", "a much better", "model_a_much"),
    "a": ("a", "left", "model_a", "1", "answer1", "a better"),
    "tie": ("tie", "equal", "same", "draw", "neither", "no preference"),
    "both_bad": ("both_bad", "bothbad", "tie (bothbad)", "both bad", "both_are_bad"),
    "b": ("b", "right", "model_b", "2", "answer2", "b better"),
    "b_much": ("b_much", "b much better", "model_b_much"),
}
MEANT = {word: verdict for verdict, words in VERDICTS.items() for word in words}
SWAPPED = {"a_much": "b_much", "a": "b", "tie": "tie", "both_bad": "both_bad", "b": "a", "b_much": "a_much"}
FIRST_YEAR = 1990
FORBIDDEN = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of characters


@dataclass(frozen=True)
class Pair:
    """A number said of each answer, None where it was not looked at. `faults`: their number, so fewer is better."""

    a: float | None
    b: float | None
    faults: bool = False


@dataclass(frozen=True)
class Told:
    """One judgment. `said`, by the names of the file: a word for one of the answers, or a number for each of them.

    What becomes of it, `verdict` and `criteria` by key, is found by `domain.becoming`. `a` stood on the left unless
    `a_on_left` says otherwise.
    """

    row: int
    task: str
    assessor: str
    a: str
    b: str
    said: Mapping[str, str | Pair] = column(default_factory=dict)
    verdict: str = ""
    criteria: Mapping[str, Rated] = column(default_factory=dict)
    instruction: str = ""
    answer_a: str = ""
    answer_b: str = ""
    language: str = "und"
    cluster: str = ""
    a_on_left: bool = True
    seconds: float = 0.0
    judged_at: datetime | None = None
    comment: str = ""

    def turned(self) -> Told:
        """The same, spoken of the other way round, before it is known what becomes of it."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            answer_a=self.answer_b,
            answer_b=self.answer_a,
            said={name: _turned(value) for name, value in self.said.items()},
            a_on_left=not self.a_on_left,
        )


def _turned(value: str | Pair) -> str | Pair:
    if isinstance(value, Pair):
        return replace(value, a=value.b, b=value.a)
    meant = meaning(value)
    return SWAPPED[meant] if meant else value


def meaning(word: str) -> str | None:
    return MEANT.get(word.strip().lower())


def gettext_noop(words: str) -> str:
    """Marks words that a page will translate."""
    return words


@dataclass(eq=False)
class Wrong(Exception):
    """`row` as the person sees it, from 1 (0: the file); `field` of the file; `why` names the remedy, with places for
    what was `said`."""

    row: int
    field: str
    why: str
    said: Mapping[str, object] | None = None

    def __str__(self) -> str:
        why = self.why % self.said if self.said else self.why
        return f"row {self.row}, {self.field}: {why}" if self.row else f"{self.field}: {why}"


class CannotImport(Exception):
    """Nothing was kept. `wrong`: the first that stand in the way."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__("; ".join(map(str, wrong[:3])))
        self.wrong = wrong


def verdict_of(said: object, row: int, field: str) -> str:
    """Raises Wrong for a word that is not known: it must not become a tie."""
    meant = meaning(str(said)) if isinstance(said, (str, int)) else None
    if meant is None:
        raise Wrong(
            row,
            field,
            gettext_noop("“%(said)s” is no verdict. Write one of: %(known)s."),
            {"said": str(said)[:40], "known": ", ".join(VERDICTS)},
        )
    return meant


def required(said: Mapping[str, Any], row: int, *names: str) -> str:
    """The first of `names` that has a value, as text."""
    for name in names:
        value = said.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    raise Wrong(
        row,
        names[0],
        gettext_noop("is missing. Add it, under one of the names: %(names)s."),
        {"names": ", ".join(names)},
    )


def optional(said: Mapping[str, Any], row: int, name: str, default: str = "") -> str:
    value = said.get(name)
    if value is None or value == "":
        return default
    if not isinstance(value, (str, int, float)):
        raise Wrong(row, name, gettext_noop("is not text. Write one piece of text."))
    return str(value)


def seconds_of(said: object, row: int, field: str) -> float:
    try:
        value = float(said) if isinstance(said, (str, int, float)) and said != "" else 0.0
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1e7:
        raise Wrong(row, field, gettext_noop("is no number of seconds. Write 0 or more, or leave it out."))
    return value


def moment_of(said: object, row: int, field: str) -> datetime | None:
    """ISO 8601, or seconds since 1970; without a zone it is UTC."""
    if said is None or said == "":
        return None
    try:
        when = (
            datetime.fromtimestamp(said, UTC) if isinstance(said, (int, float)) else datetime.fromisoformat(str(said))
        )
    except (ValueError, OverflowError, OSError):
        when = None
    if when is None or when.year < FIRST_YEAR:
        raise Wrong(row, field, gettext_noop("is no time. Write it as 2026-03-01T12:00:00Z, or leave it out."))
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def json_lines(text: str) -> Iterator[tuple[int, dict[str, Any]] | Wrong]:
    for row, line in enumerate(text.split("\n"), start=1):  # splitlines would cut texts at U+2028 and its like
        if line.strip():
            said = json_of(line, row)
            yield (
                said
                if isinstance(said, Wrong)
                else (row, said)
                if isinstance(said, dict)
                else Wrong(row, "line", gettext_noop("is no JSON object. Write {…} on each line."))
            )


def json_of(text: str, row: int = 0) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return Wrong(row, "line" if row else "file", gettext_noop("is not JSON. Export it again."))


def read_each(lines: Iterable[tuple[Any, ...] | Wrong], judgment: Callable[..., Told]) -> Iterator[Told | Wrong]:
    """The `judgment` of each line, which takes its parts one by one; what is wrong with a line costs that one alone."""
    for line in lines:
        try:
            yield line if isinstance(line, Wrong) else judgment(*line)
        except Wrong as wrong:
            yield wrong


def checked(rows: Iterable[Told | Wrong], now: datetime) -> list[Told]:
    """All of them, every pair of pipelines spoken of in one order. Raises CannotImport with what is wrong, by row."""
    told: list[Told] = []
    wrong: list[Wrong] = []
    for item in rows:
        found = _misfit(item) or _ahead(item, now) if isinstance(item, Told) else item
        if found:
            wrong.append(found)
        elif isinstance(item, Told):
            told.append(item)
        if len(wrong) >= MOST_WRONG or len(told) > MOST_ROWS:
            break
    if len(told) > MOST_ROWS:
        wrong.append(
            Wrong(0, "file", gettext_noop("has more than %(most)s judgments. Split it."), {"most": f"{MOST_ROWS:,}"})
        )
    if len({name for item in told for name in (item.a, item.b)}) > MOST_PIPELINES:
        why = gettext_noop("names more than %(most)s pipelines. Split it.")
        wrong.append(Wrong(0, "file", why, {"most": MOST_PIPELINES}))
    if not told and not wrong:
        wrong.append(Wrong(0, "file", gettext_noop("has no judgments. Choose the export that holds them.")))
    ordered = [item if turned == item.a else item.turned() for item in told for turned in [_candidate(item, told[0])]]
    wrong += _together(ordered)
    if wrong:
        raise CannotImport(sorted(wrong[:MOST_WRONG], key=lambda item: item.row))
    return ordered


def _candidate(item: Told, first: Told) -> str:
    """Which of the two is A: the pair of the first row as it stands there, any other in alphabetical order."""
    return first.a if {item.a, item.b} == {first.a, first.b} else min(item.a, item.b)


def _misfit(item: Told) -> Wrong | None:
    for part in fields(item):
        value = getattr(item, part.name)
        if not isinstance(value, str):
            continue
        if FORBIDDEN.search(value):
            return Wrong(item.row, part.name, gettext_noop("holds a character that no text may have. Remove it."))
        if len(value) > LONGEST.get(part.name, LONGEST_TEXT):
            return Wrong(
                item.row,
                part.name,
                gettext_noop("is longer than %(most)s letters. Shorten it."),
                {"most": LONGEST.get(part.name, LONGEST_TEXT)},
            )
    for name, said in item.said.items():
        if FORBIDDEN.search(name if isinstance(said, Pair) else name + said):
            field = "line" if FORBIDDEN.search(name) else name
            return Wrong(item.row, field, gettext_noop("holds a character that no text may have. Remove it."))
    if item.a == item.b:
        return Wrong(
            item.row,
            "model_b",
            gettext_noop("is the same pipeline as model_a. A pipeline is not compared with itself."),
        )
    return None


def _ahead(item: Told, now: datetime) -> Wrong | None:
    """A report holds what was judged before it was made: a later judgment would be counted and never shown."""
    if item.judged_at is None or item.judged_at <= now:
        return None
    return Wrong(
        item.row,
        "judged_at",
        gettext_noop("is in the future (%(when)s). Write the time with its zone, as in 2026-03-01T12:00:00+03:00."),
        {"when": item.judged_at.isoformat(timespec="seconds")},
    )


def _together(told: list[Told]) -> Iterator[Wrong]:
    """A task is one question, a pipeline says one thing to it, and nobody judges a pair twice."""
    texts: dict[tuple[str, ...], tuple[str, int]] = {}
    judged: dict[tuple[str, str, str, str], int] = {}
    overlap: dict[tuple[str, str, str], int] = {}
    for item in told:
        same: dict[tuple[str, ...], str] = {("instruction", item.task): item.instruction}
        same |= {("answer_a", item.a, item.task): item.answer_a, ("answer_b", item.b, item.task): item.answer_b}
        for key, text in same.items():
            place = ("answer", *key[1:]) if key[0] != "instruction" else key
            before, row = texts.setdefault(place, (text, item.row))
            if before != text:
                yield Wrong(
                    item.row,
                    key[0],
                    gettext_noop("differs from row %(row)s for the same task. Give it a task of its own."),
                    {"row": row},
                )
        pair = (item.a, item.b, item.task)
        if (row := judged.setdefault((*pair, item.assessor), item.row)) != item.row:
            yield Wrong(
                item.row,
                "assessor",
                gettext_noop("judged this pair in row %(row)s already. Keep one of the two."),
                {"row": row},
            )
        overlap[pair] = overlap.get(pair, 0) + 1
        if overlap[pair] == MOST_OVERLAP + 1:
            yield Wrong(
                item.row,
                "task",
                gettext_noop("has more than %(most)s judgments of one pair. Keep %(most)s of them."),
                {"most": MOST_OVERLAP},
            )
