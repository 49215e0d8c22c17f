"""What each thing that a file says becomes: the verdict, a criterion, or nothing.

A preference stands as it is. Of two numbers the greater is better; of two numbers of faults, none is better than some.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from apps.assessment.domain.criteria import ABSOLUTE, COMPARATIVE, MARKS, CriterionSpec
from apps.assessment.domain.elsewhere import (
    MOST_WRONG,
    CannotImport,
    Pair,
    Told,
    Wrong,
    gettext_noop,
    verdict_of,
)
from apps.assessment.domain.found import LEFT_OUT, MOST_CRITERIA, OTHER, OWN, SHIPPED, VERDICT, Becomes, Found
from apps.assessment.domain.marks import ERRORS, HALLUCINATIONS
from apps.assessment.domain.outcomes import sign
from apps.assessment.domain.packing import Rated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GREATEST, MOST_POINTS = 32_767, 100  # what a rating's column holds; what a scale has
MARKED = {"errors": ERRORS, "hallucinations": HALLUCINATIONS}
PREFERS = {"a_much": 1, "a": 1, "tie": 0, "both_bad": 0, "b": -1, "b_much": -1}


def become(
    told: Sequence[Told], found: Sequence[Found], becomes: Mapping[str, Becomes], tie_within: float = 0
) -> tuple[list[Told], list[CriterionSpec]]:
    """The judgments with their verdicts and criteria, and the criteria themselves; a name not in `becomes` is left
    out. Numbers that differ by `tie_within` or less make a tie of the verdict. Raises CannotImport, by row.
    """
    specs = _specs(found, becomes)
    verdict = next(name for name, target in becomes.items() if target.what == VERDICT)
    wrong: list[Wrong] = []
    made = []
    for item in told:
        try:
            said = {
                spec.key: _rated(item, name, spec, becomes[name]) for name, spec in specs.items() if name in item.said
            }
            word = _verdict_said(item, verdict, becomes[verdict], tie_within)
            made.append(replace(item, verdict=word, criteria=said, said={}))
        except Wrong as problem:
            wrong.append(problem)
            if len(wrong) == MOST_WRONG:
                break
    if wrong:
        raise CannotImport(wrong)
    return made, list(specs.values())


def _specs(found: Sequence[Found], becomes: Mapping[str, Becomes]) -> dict[str, CriterionSpec]:
    """By the file's name. Raises CannotImport for what can't be together."""
    known = {item.name: item for item in found}
    wrong = list(chain(_unfit(known, becomes), _twice(becomes)))
    if wrong:
        raise CannotImport(wrong)
    specs: dict[str, CriterionSpec] = {}
    for name, target in becomes.items():
        if target.what in (VERDICT, LEFT_OUT):
            continue
        key = target.what if target.what != OWN else _key(name, {spec.key for spec in specs.values()})
        shown = name if target.what == OWN else ""
        specs[name] = _spec(key, shown, known[name], target)
    return specs


def _spec(key: str, name: str, found: Found, target: Becomes) -> CriterionSpec:
    """Numbers that are no points, such as 3.5, -1 and 1000, only say which answer is better."""
    if not (found.is_numbers and found.whole and found.low >= 0 and (target.faults or found.high <= MOST_POINTS)):
        return CriterionSpec(key, COMPARATIVE, required=False, name=name)
    if target.faults:
        return CriterionSpec(key, MARKS, required=False, name=name, mark_kinds=MARKED.get(key, ()))
    return CriterionSpec(key, ABSOLUTE, required=False, name=name, points=max(2, int(found.high)))


def _key(name: str, taken: set[str]) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30] or "criterion"
    if key[0].isdigit():
        key = f"criterion_{key}"
    number = 2
    tried = key
    while tried in taken or tried in SHIPPED:
        tried, number = f"{key}_{number}", number + 1
    return tried


def _unfit(known: Mapping[str, Found], becomes: Mapping[str, Becomes]) -> list[Wrong]:
    wrong = []
    for name, target in becomes.items():
        if name not in known:
            why = gettext_noop("is not in the file. The file says: %(names)s.")
            wrong.append(Wrong(0, name, why, {"names": ", ".join(known) or "–"}))
        elif target.what not in (VERDICT, LEFT_OUT, OWN, *SHIPPED):
            why = gettext_noop("can’t become “%(what)s”. Choose one of: %(known)s.")
            known_words = ", ".join((VERDICT, *SHIPPED, OWN, LEFT_OUT))
            wrong.append(Wrong(0, name, why, {"what": target.what[:40], "known": known_words}))
        elif target.what != LEFT_OUT and known[name].kind == OTHER:
            why = gettext_noop("is neither a preference nor a number for each answer. Leave it out.")
            wrong.append(Wrong(0, name, why))
    return wrong


def _twice(becomes: Mapping[str, Becomes]) -> list[Wrong]:
    times = Counter(target.what for target in becomes.values())
    wrong = [
        Wrong(0, name, gettext_noop("becomes what another one becomes too. Leave one of them out."))
        for name, target in becomes.items()
        if target.what not in (LEFT_OUT, OWN) and times[target.what] > 1
    ]
    if not times[VERDICT]:
        why = gettext_noop("says nowhere which answer is better. Choose what becomes the verdict among: %(names)s.")
        wrong.append(Wrong(0, "verdict", why, {"names": ", ".join(becomes) or "–"}))
    if sum(times.values()) - times[VERDICT] - times[LEFT_OUT] > MOST_CRITERIA:
        why = gettext_noop("has more than %(most)s criteria. Leave some of them out.")
        wrong.append(Wrong(0, "file", why, {"most": MOST_CRITERIA}))
    return wrong


def _verdict_said(item: Told, name: str, target: Becomes, tie_within: float) -> str:
    value = item.said.get(name, "")
    if not isinstance(value, Pair):
        return verdict_of(value, item.row, name)
    a, b = _number(value.a, item.row, name), _number(value.b, item.row, name)
    if a is None or b is None:
        raise Wrong(item.row, name, gettext_noop("is missing for one of the answers. Add it, or remove the row."))
    better = (b - a if target.faults else a - b) if abs(a - b) > tie_within else 0
    return "a" if better > 0 else "b" if better < 0 else "tie"


def _rated(item: Told, name: str, spec: CriterionSpec, target: Becomes) -> Rated:
    value = item.said[name]
    if not isinstance(value, Pair):
        if spec.kind != COMPARATIVE:
            raise Wrong(item.row, name, gettext_noop("is no number for each answer. Write two, or leave them out."))
        return Rated(PREFERS[verdict_of(value, item.row, name)])
    a, b = _number(value.a, item.row, name), _number(value.b, item.row, name)
    if target.faults and min(a or 0, b or 0) < 0:
        raise Wrong(item.row, name, gettext_noop("is no number of faults. Write 0 or more."))
    preference = None
    if a is not None and b is not None:
        preference = sign(bool(b) - bool(a)) if target.faults else (a > b) - (a < b)
    return Rated(preference) if spec.kind == COMPARATIVE else Rated(preference, *map(_whole, (a, b)))


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _number(value: float | None, row: int, name: str) -> float | None:
    if value is not None and not abs(value) <= GREATEST:
        raise Wrong(row, name, gettext_noop("is no number up to %(most)s. Write another one."), {"most": GREATEST})
    return value
