"""A ranking on paper: the order, who beat whom, what was taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from apps.reports import several_wording as words
from apps.reports.formats import decimal, percent, percent_interval, strength_interval, whole
from apps.reports.paper.drawings import draw_forest, draw_heat
from apps.reports.paper.sheet import SOFT
from apps.reports.paper.tables import draw_notes, draw_table, interval_title
from apps.reports.wording import by_programs

if TYPE_CHECKING:
    from apps.reports.domain.ranking import Ranking
    from apps.reports.paper.sheet import Sheet

WARNING, VERDICT = "#7d4e00", "#2444a5"


def draw_ranking(sheet: Sheet, ranking: Ranking) -> None:
    found, names = ranking.found, ranking.names
    if loud := by_programs(ranking.simulated_judgments, found.judgments):
        sheet.write(gettext("Simulated judgments"), size=10, bold=True, colour=WARNING, after=1)
        sheet.write(loud, colour=WARNING)
    if early := words.interim(ranking):
        sheet.write(early, colour=WARNING)
    sheet.write(words.sentence(ranking), size=11.5, bold=True, colour=VERDICT, after=8)
    for group in found.groups if len(found.groups) > 1 else ():
        sheet.write("• " + ", ".join(names[place] for place in group), after=2)
    if found.regularised:
        sheet.write(words.regularised(), colour=SOFT)
    _standings(sheet, ranking)
    _meetings(sheet, ranking)
    _taken(sheet, ranking)


def _standings(sheet: Sheet, ranking: Ranking) -> None:
    found, names = ranking.found, ranking.names
    forest = words.strengths(found, names)
    if forest is None:
        return
    # xgettext:no-python-format
    sheet.heading(gettext("Strength in points, with 95% intervals"), keep=forest.height * 0.62 + 60)
    draw_forest(sheet, forest, (gettext("weaker"), gettext("stronger")), words.thousandths)
    head = [gettext("Pipeline"), gettext("Place"), gettext("Strength"), interval_title()]
    head += [gettext("Strength, ties apart (Davidson)"), interval_title()]
    head += [gettext("Expected win rate against the others")]
    rows = [
        [
            names[item.pipeline] if found.enough else f"{names[item.pipeline]} ({gettext('few data')})",
            words.rank(item),
            decimal(item.strength.value, 0),
            strength_interval(item.strength),
            decimal(item.davidson.value, 0),
            strength_interval(item.davidson),
            percent(item.expected),
        ]
        for item in found.standings
    ]
    draw_table(sheet, head, rows)
    draw_notes(sheet, [(names[item.pipeline], item.strength.undefined) for item in found.standings])
    # xgettext:no-python-format
    places = gettext("Places hold for all pairs at once at 95%; that two intervals overlap says nothing")
    sheet.write(places, size=8, colour=SOFT)


def _meetings(sheet: Sheet, ranking: Ranking) -> None:
    found, names = ranking.found, ranking.names
    heat = words.matrix(found, names)
    if heat is None:
        return
    sheet.heading(gettext("Who beat whom"), keep=heat.height * 0.62 + 40)
    sheet.write(gettext("Win rate of the row against the column, ties half"), size=8, colour=SOFT)
    draw_heat(sheet, heat)
    head = [pgettext("of pipelines", "Pair"), gettext("Observed"), interval_title(), gettext("Predicted")]
    head += [gettext("Tasks"), gettext("Judgments")]
    rows = [
        [
            words.pair(names[item.row], names[item.column], item),
            percent(item.observed.value),
            percent_interval(item.observed),
            percent(item.predicted) + (f" ({gettext('apart')})" if item.apart else ""),
            whole(item.observed.tasks),
            whole(item.observed.judgments),
        ]
        for item in found.meetings
    ]
    draw_table(sheet, head, rows)
    draw_notes(
        sheet, [(words.pair(names[item.row], names[item.column]), item.observed.undefined) for item in found.meetings]
    )
    sheet.write(words.apart(), size=8, colour=SOFT)


def _taken(sheet: Sheet, ranking: Ranking) -> None:
    names = ranking.names
    sheet.heading(gettext("Evaluations taken together"))
    told = gettext("Bucket “%(bucket)s” version %(version)s.")
    sheet.write(told % {"bucket": ranking.bucket, "version": ranking.bucket_version}, colour=SOFT)
    rows = [
        [item.name, names[item.a], names[item.b], whole(item.judgments), str(item.seed)] for item in ranking.evaluations
    ]
    draw_table(sheet, [gettext("Evaluation"), "A", "B", gettext("Judgments"), gettext("Seed")], rows)
