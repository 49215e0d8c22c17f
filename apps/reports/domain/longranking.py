"""A ranking as lines of the long table."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from apps.reports.domain.longform import Line, estimate_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.reports.domain.ranking import Ranking

INTERIM = "interim: an evaluation was still open when this was frozen"


def ranking_lines(ranking: Ranking, report_number: int = 1) -> list[Line]:
    """What was ranked, by which method, and all that came out; `report_number` counts the rankings of the bucket."""
    interim = INTERIM if ranking.is_interim else ""
    return [
        Line("about", "report", "report_number", report_number, note=interim),
        *_about(ranking),
        *_evaluations(ranking),
        *_standings(ranking),
        *_meetings(ranking),
    ]


def _about(ranking: Ranking) -> Iterator[Line]:
    found = ranking.found
    yield Line("about", "report", "data_sha256", found.data_sha256)
    for measure in ("bucket", "bucket_version", "bucket_sha256", "simulated_judgments", "seed", "version"):
        yield Line("about", "facts", measure, getattr(ranking, measure))
    for measure in ("judgments", "tasks", "assessors", "enough", "regularised"):
        yield Line("about", "counts", measure, getattr(found, measure))
    for place, group in enumerate(found.groups, start=1):
        yield Line("about", "connected", f"group_{place}", ", ".join(ranking.names[item] for item in group))
    for measure, value in asdict(ranking.method).items():
        yield Line("about", "method", measure, value)
    if found.left:
        yield estimate_line("about", "sides", "left_advantage", found.left)


def _evaluations(ranking: Ranking) -> Iterator[Line]:
    for item in ranking.evaluations:
        for measure in ("evaluation", "state", "seed", "overlap", "imported_from"):
            yield Line("evaluation", item.name, measure, getattr(item, measure), judgments=item.judgments)
        yield Line("evaluation", item.name, "a", ranking.names[item.a])
        yield Line("evaluation", item.name, "b", ranking.names[item.b])


def _standings(ranking: Ranking) -> Iterator[Line]:
    enough = ranking.found.enough
    for item in ranking.found.standings:
        name, revision = ranking.names[item.pipeline], ranking.pipelines[item.pipeline].revision_sha256
        yield Line("standing", name, "place_best", item.best, enough=enough)
        yield Line("standing", name, "place_worst", item.worst, enough=enough)
        yield estimate_line("standing", name, "strength", item.strength, enough=enough)
        yield estimate_line("standing", name, "strength_davidson", item.davidson, enough=enough)
        yield Line("standing", name, "expected_win_rate", item.expected, enough=enough)
        yield Line("standing", name, "revision_sha256", revision)


def _meetings(ranking: Ranking) -> Iterator[Line]:
    for item in ranking.found.meetings:
        pair = f"{ranking.names[item.row]} / {ranking.names[item.column]}"
        yield estimate_line("meeting", pair, "win_rate", item.observed, enough=item.enough)
        yield Line("meeting", pair, "win_rate_predicted", item.predicted, note="apart" if item.apart else "")
