"""What a judgment says by each criterion: which were asked, what is missing, what follows for the two answers."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.assessment.domain.criteria import ABSOLUTE, COMPARATIVE, MARKS, CriterionSpec
from apps.assessment.domain.verdicts import FAULTS, SHOWN, SHOWN_RATINGS, JudgmentInput

MIN_AGREEING = 2  # criteria that must all favour one answer before a verdict for the other is asked about


@dataclass(frozen=True)
class Outcome:
    """`preference`: 1 when the left answer is better, 0 the same, -1 the right one, None when it can't be said.

    `left` and `right`: points on a scale, or numbers of marks; None where the answer was not looked at, and for
    criteria that only compare. An answer with a mark loses to one without; the number of marks does not matter.
    """

    preference: int | None
    left: int | None = None
    right: int | None = None


def in_shown_order(keys: Sequence[str], order: str, *, seed: int, assessor: int, comparison: int) -> list[str]:
    """The same person, or the same comparison, always gets the same order. `fixed` changes nothing."""
    if order == "fixed":
        return list(keys)
    drawn_for = f"assessor/{assessor}" if order == "assessor" else f"comparison/{comparison}"
    return random.Random(f"criteria/{seed}/{drawn_for}").sample(list(keys), len(keys))  # noqa: S311 (reproducible)


def asked(criteria: Sequence[CriterionSpec], form: JudgmentInput) -> list[CriterionSpec]:
    """The criteria whose condition holds; one that depends on what was not asked is not asked either."""
    values = {"verdict": verdict_values(form.verdict)}
    found = []
    for spec in criteria:
        condition = spec.only_if
        if condition is None or values.get(condition.on, set()) & set(condition.values):
            found.append(spec)
            values[spec.key] = criterion_values(spec, form)
    return found


def verdict_values(verdict: str) -> set[str]:
    if verdict in ("tie", "both_bad"):
        return {verdict}
    return {"better", "much_better"} if verdict.endswith("_much") else {"better"} if verdict in SHOWN else set()


def criterion_values(spec: CriterionSpec, form: JudgmentInput) -> set[str]:
    """As `domain.criteria.VALUES`."""
    if spec.kind == MARKS:
        return {"some" if any(mark.kind in spec.mark_kinds for mark in form.marks) else "none"}
    rating = form.ratings.get(spec.key)
    return {"same" if rating == "same" else "different"} if rating in SHOWN_RATINGS else set()


def wrong_fields(criteria: Sequence[CriterionSpec], form: JudgmentInput) -> list[str]:
    """Names of the form's fields that are missing or can't be. What was not asked is left out of account."""
    wrong = [] if form.verdict in SHOWN else ["verdict"]
    known = {spec.key for spec in criteria}
    wrong += [key for key in (*form.ratings, *form.scores) if key not in known]
    for spec in asked(criteria, form):
        wrong += wrong_rating(spec, form) if spec.kind == COMPARATIVE else []
        wrong += wrong_scores(spec, form) if spec.kind == ABSOLUTE else []
    return wrong + wrong_faults([spec for spec in criteria if spec.kind == MARKS], form)


def wrong_rating(spec: CriterionSpec, form: JudgmentInput) -> list[str]:
    said = form.ratings.get(spec.key)
    return [spec.key] if (spec.required if said is None else said not in SHOWN_RATINGS) else []


def wrong_scores(spec: CriterionSpec, form: JudgmentInput) -> list[str]:
    said = form.scores.get(spec.key)
    if said is None:
        return [f"{spec.key}_1", f"{spec.key}_2"] if spec.required else []
    return [f"{spec.key}_{number}" for number, points in enumerate(said, 1) if not 1 <= points <= spec.points]


def wrong_faults(marking: Sequence[CriterionSpec], form: JudgmentInput) -> list[str]:
    """An answer is marked, or it is said that nothing was seen; never both."""
    if not marking:
        return ["marks"] if form.marks else []
    required = any(spec.required for spec in marking)
    wrong = []
    for number, said in enumerate(form.faults, start=1):
        marked = any(mark.answer == number for mark in form.marks)
        known = said in FAULTS or (not said and not required)
        if not known or (said == "none" and marked) or (said == "marked" and not marked):
            wrong.append(f"faults_{number}")
    return wrong


def outcomes(criteria: Sequence[CriterionSpec], form: JudgmentInput) -> dict[str, Outcome]:
    """By key, of every criterion that was asked and answered. The form is right: `wrong_fields` found nothing."""
    found = {spec.key: outcome(spec, form) for spec in asked(criteria, form)}
    return {key: said for key, said in found.items() if said is not None}


def outcome(spec: CriterionSpec, form: JudgmentInput) -> Outcome | None:
    if spec.kind == MARKS:
        return marked(spec, form)
    if spec.kind == ABSOLUTE:
        scores = form.scores.get(spec.key)
        return Outcome(sign(scores[0] - scores[1]), *scores) if scores else None
    said = form.ratings.get(spec.key)
    return Outcome(SHOWN_RATINGS[said]) if said else None


def marked(spec: CriterionSpec, form: JudgmentInput) -> Outcome | None:
    left, right = (
        sum(mark.answer == number and mark.kind in spec.mark_kinds for mark in form.marks) if looked else None
        for number, looked in enumerate(form.faults, start=1)
    )
    if left is None and right is None:
        return None
    known = left is not None and right is not None
    return Outcome(sign(bool(right) - bool(left)) if known else None, left, right)


def contradicts(verdict: str, found: Mapping[str, Outcome]) -> bool:
    """The verdict is for one answer, yet all criteria that make a difference, at least two, are for the other."""
    favoured = {"left": 1, "left_much": 1, "right": -1, "right_much": -1}.get(verdict)
    different = [said.preference for said in found.values() if said.preference]
    return favoured is not None and len(different) >= MIN_AGREEING and all(item == -favoured for item in different)


def sign(value: int) -> int:
    return (value > 0) - (value < 0)
