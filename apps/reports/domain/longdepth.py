"""What lies behind the verdict as lines of the long table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from apps.reports.domain.longform import Line, estimate_line, long_lines
from apps.statistics.clustered import Estimate
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.reports.domain.depth import Agreed, AssessorNumbers, Depth
    from apps.reports.domain.numbers import Numbers


UNDEFINED = {"left_share": str(Reason.NONE_DECISIVE), "agreed": str(Reason.NO_OVERLAP)}


def all_lines(numbers: Numbers, report_number: int = 1) -> list[Line]:
    """Everything a report states, the verdict first."""
    lines = [*long_lines(numbers, report_number), *watch_lines(numbers)]
    lines += [Line("about", "traffic", name, share) for name, share in (numbers.traffic or {}).items()]
    return [*lines, *depth_lines(numbers.depth)] if numbers.depth else lines


def watch_lines(numbers: Numbers) -> Iterator[Line]:
    """What the plan's rule established, and every look with its interval for all looks; `group` counts judgments."""
    if not (watch := numbers.watch):
        return
    for measure in ("kind", "difference", "alpha", "planned", "outcome"):
        yield Line("look", "plan", measure, getattr(watch, measure))
    yield Line("look", "plan", "at", watch.at, note="" if watch.at else "nothing is established yet")
    for look in watch.looks:
        estimate = Estimate(
            look.value, look.low, look.high, judgments=look.judgments, tasks=look.tasks, assessors=look.assessors
        )
        why = "" if look.low is not None else "too few data, or too little news"
        yield replace(estimate_line("look", str(look.judgments), "win_rate", estimate), note=why)
        yield Line("look", str(look.judgments), "information", look.fraction)


def depth_lines(depth: Depth) -> Iterator[Line]:
    for cell in depth.cells:
        group = f"{cell.criterion} / {cell.cluster}"
        yield estimate_line("cell", group, "net", cell.net, cell.p_adjusted, enough=cell.enough)
    for item in depth.discordance:
        for measure in ("both", "a_only", "b_only", "neither"):
            yield Line("marks", item.criterion, measure, getattr(item, measure))
        yield estimate_line("marks", item.criterion, "difference", item.difference)
        for measure in ("per_100_a", "per_100_b"):
            if found := getattr(item, measure):
                yield estimate_line("marks", item.criterion, measure, found)
    for driver in depth.drivers:
        yield estimate_line("driver", driver.criterion, "effect", driver.effect)
        yield estimate_line("driver", driver.criterion, "agrees", driver.agrees)
    for agreed in depth.agreement:
        yield from _agreed(agreed)
    for person in depth.assessors:
        yield from _assessor(person)
    yield from _sides(depth)
    yield from _lengths(depth)
    for variant in depth.variants:
        if variant.applies:
            yield estimate_line("sensitivity", variant.key, "win_rate", variant.win_rate)


def _sides(depth: Depth) -> Iterator[Line]:
    yield Line("position", "", "a_on_left_as_often", None, p=depth.sides.assigned_p, note="a test, no value")
    yield estimate_line("position", "", "left_effect", depth.sides.effect)
    yield estimate_line("position", "", "win_rate_sides_balanced", depth.sides.adjusted)


def _lengths(depth: Depth) -> Iterator[Line]:
    """`group` of a bin: by how many words A is longer."""
    if not (lengths := depth.lengths):
        return
    for measure in ("words_a", "words_b"):
        yield Line("length", "", measure, getattr(lengths, measure))
    for measure in ("longer_wins", "slope", "at_equal_length"):
        yield estimate_line("length", "", measure, getattr(lengths, measure))
    for found in lengths.bins:
        yield estimate_line("length", f"{found.low:g} to {found.high:g}", "win_rate", found.win_rate)


def _agreed(agreed: Agreed) -> Iterator[Line]:
    for measure in ("alpha", "ac1", "raw"):
        found = getattr(agreed, measure)
        why = str(found.undefined or "")
        yield Line(
            "agreement", agreed.subject, measure, found.value, found.low, found.high, tasks=found.units, note=why
        )


def _assessor(person: AssessorNumbers) -> Iterator[Line]:
    for measure in ("judgments", "win_rate", "tie_share", "left_share", "agreed", "agreed_of", "median_seconds"):
        value = getattr(person, measure)
        yield Line("assessor", person.assessor, measure, value, note=UNDEFINED[measure] if value is None else "")
    yield Line("assessor", person.assessor, "gold_right", person.gold[0], judgments=person.gold[1])
    yield Line("assessor", person.assessor, "flags", " ".join(person.flags))
