"""What lies behind the verdict as lines of the long table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.reports.domain.longform import Line, estimate_line, long_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.reports.domain.depth import Agreed, AssessorNumbers, Depth
    from apps.reports.domain.numbers import Numbers


def all_lines(numbers: Numbers, report_number: int = 1) -> list[Line]:
    """Everything a report states, the verdict first."""
    lines = long_lines(numbers, report_number)
    return [*lines, *depth_lines(numbers.depth)] if numbers.depth else lines


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
    for variant in depth.variants:
        if variant.applies:
            yield estimate_line("sensitivity", variant.key, "win_rate", variant.win_rate)


def _agreed(agreed: Agreed) -> Iterator[Line]:
    for measure in ("alpha", "ac1", "raw"):
        found = getattr(agreed, measure)
        why = str(found.undefined or "")
        yield Line(
            "agreement", agreed.subject, measure, found.value, found.low, found.high, tasks=found.units, note=why
        )


def _assessor(person: AssessorNumbers) -> Iterator[Line]:
    for measure in ("judgments", "win_rate", "tie_share", "left_share", "agreed", "agreed_of", "median_seconds"):
        yield Line("assessor", person.assessor, measure, getattr(person, measure))
    yield Line("assessor", person.assessor, "gold_right", person.gold[0], judgments=person.gold[1])
    yield Line("assessor", person.assessor, "flags", " ".join(person.flags))
