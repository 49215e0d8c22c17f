"""A report as one long table: a line per measure, for CSV and spreadsheets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING

from apps.statistics.scores import VERDICTS
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.reports.domain.numbers import Group, Numbers
    from apps.statistics.clustered import Estimate


@dataclass(frozen=True)
class Line:
    """`section`: overall, cluster, language, criterion, position, leak, automatic, powered or about. Empty cells: None;
    `note` says why."""

    section: str
    group: str
    measure: str
    value: float | int | str | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    standard_error: float | None = None
    n_effective: float | None = None
    design_effect: float | None = None
    degrees_of_freedom: int | None = None
    judgments: int | None = None
    tasks: int | None = None
    assessors: int | None = None
    enough: bool | None = None
    note: str = ""


INTERIM = "interim: the evaluation was still open when this was frozen"
COLUMNS = tuple(field.name for field in fields(Line))


def long_lines(numbers: Numbers, report_number: int = 1) -> list[Line]:
    """All sections in the order of the page; `report_number` counts the reports of the evaluation."""
    interim = INTERIM if numbers.is_interim else ""
    return [
        Line("about", "report", "report_number", report_number, note=interim),
        *about(numbers),
        *group_lines("overall", (numbers.overall,)),
        independent_line(numbers),
        *group_lines("cluster", numbers.clusters),
        *group_lines("language", numbers.languages),
        *criterion_lines(numbers),
        *position_lines(numbers),
        *leak_lines(numbers),
        *automatic_lines(numbers),
        *powered_lines(numbers),
    ]


def about(numbers: Numbers) -> list[Line]:
    """What was compared, how much of it and by which method, one line per fact."""
    described = {"verdict": asdict(numbers.verdict), "counts": asdict(numbers.counts), "facts": asdict(numbers.facts)}
    described["method"] = asdict(numbers.method)
    for elsewhere in ("leaks", "asked", "automatic"):
        del described["facts"][elsewhere]
    lines = [Line("about", "report", "data_sha256", numbers.data_sha256)]
    for group, values in described.items():
        lines += [Line("about", group, name, value) for name, value in _flat(values)]
    for group, spread in (("clusters", numbers.cluster_spread), ("languages", numbers.language_spread)):
        why = spread.undefined or ""
        lines.append(
            Line(
                "about",
                group,
                "cochran_q",
                spread.q,
                p=spread.p,
                degrees_of_freedom=spread.degrees_of_freedom,
                note=why,
            )
        )
        lines.append(Line("about", group, "i_squared", spread.i_squared, note=why))
    return lines


def group_lines(section: str, groups: tuple[Group, ...]) -> Iterator[Line]:
    for group in groups:
        yield estimate_line(section, group.key, "win_rate", group.win_rate, group.p_adjusted, enough=group.enough)
        for measure in ("net", "decisive_win_rate", "tie_rate", "both_bad_rate"):
            yield estimate_line(section, group.key, measure, getattr(group, measure), enough=group.enough)
        for measure in ("win_ratio", "win_odds"):
            found = getattr(group, measure)
            why = "" if found is not None else Reason.NO_LOSSES if group.judgments else Reason.NO_JUDGMENTS
            yield Line(section, group.key, measure, found, enough=group.enough, note=str(why))
        for verdict in VERDICTS:
            yield Line(section, group.key, f"count_{verdict}", group.counts[verdict])
            yield Line(section, group.key, f"share_{verdict}", group.shares[verdict])


def criterion_lines(numbers: Numbers) -> Iterator[Line]:
    for criterion in numbers.criteria:
        yield estimate_line(
            "criterion", criterion.key, "net", criterion.net, criterion.p_adjusted, enough=criterion.enough
        )
        for measure in ("better", "same", "worse"):
            yield Line("criterion", criterion.key, measure, getattr(criterion, measure))
        measure = "marked_share" if criterion.kind == "marks" else "mean_points"
        for side, estimate in (("a", criterion.a), ("b", criterion.b)):
            if estimate:
                yield estimate_line("criterion", criterion.key, f"{measure}_{side}", estimate, enough=criterion.enough)
        if criterion.apart:
            yield estimate_line(
                "criterion", criterion.key, "mean_points_apart", criterion.apart, enough=criterion.enough
            )


def position_lines(numbers: Numbers) -> Iterator[Line]:
    yield Line("position", "", "a_on_left", numbers.position.a_on_left, judgments=numbers.position.judgments)
    yield estimate_line("position", "", "left_share", numbers.position.left_share, enough=numbers.position.enough)


def leak_lines(numbers: Numbers) -> Iterator[Line]:
    """Places that might have unblinded, by kind and decision. None in reports from before there was a leak guard."""
    if not (leaks := numbers.facts.leaks):
        return
    yield Line("leak", "", "comparisons_scanned", leaks.scanned)
    yield Line("leak", "", "comparisons_not_scanned", numbers.facts.unscanned)
    yield Line("leak", "", "comparisons_masked", leaks.comparisons_masked)
    yield Line("leak", "", "lexicon_versions", " ".join(map(str, leaks.lexicons)))
    for kind in leaks.kinds:
        for measure in ("masked", "excluded", "accepted", "undecided"):
            yield Line("leak", kind.kind, measure, getattr(kind, measure))


def automatic_lines(numbers: Numbers) -> Iterator[Line]:
    """Automatic judges, which no other line counts; `group` is the judge."""
    for judge in numbers.facts.automatic:
        yield Line("automatic", judge.judge, "definition", judge.definition, note=f"automatic {judge.kind} judge")
        for measure in ("judged", "shared", "flips", "both"):
            yield Line("automatic", judge.judge, measure, getattr(judge, measure))
        for measure in ("win_rate", "shared_win_rate", "people_win_rate", "with_one", "first", "longer"):
            yield estimate_line("automatic", judge.judge, measure, getattr(judge, measure))


def powered_lines(numbers: Numbers) -> Iterator[Line]:
    """The win rate with the help of each automatic judge that may be used; `note` says why another may not."""
    for found in numbers.powered:
        note = f"not used: {found.refused}" if found.refused else "uses an automatic judge"
        if not found.refused:
            yield replace(estimate_line("powered", found.judge, "win_rate", found.win_rate), note=note)
        for measure in ("correlation", "weight", "saved", "shared", "alone"):
            yield Line("powered", found.judge, measure, getattr(found, measure), note=note)


def independent_line(numbers: Numbers) -> Line:
    return Line(
        "overall",
        "",
        "win_rate_if_independent",
        numbers.independent_value,
        numbers.independent_low,
        numbers.independent_high,
        note="each judgment counting once, for comparison only: wrong where judgments share tasks or assessors",
    )


def estimate_line(
    section: str,
    group: str,
    measure: str,
    estimate: Estimate,
    p_adjusted: float | None = None,
    *,
    enough: bool | None = None,
) -> Line:
    values = asdict(estimate)
    why = str(values.pop("undefined") or "")
    if enough is False and values["p"] is not None:
        why, p_adjusted = "few data: not tested", None
        values["p"] = None
    return Line(section, group, measure, p_adjusted=p_adjusted, enough=enough, note=why, **values)


def _flat(values: dict[str, object], prefix: str = "") -> Iterator[tuple[str, float | int | str | None]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}_")
        elif isinstance(value, (tuple, list)):
            yield prefix + name, " ".join(str(item) for item in value)
        elif value is None or isinstance(value, (float, int, str)):
            yield prefix + name, value
