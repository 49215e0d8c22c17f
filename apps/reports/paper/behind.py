"""What lies behind the verdict, on paper: when it was known, where, by whom, and whether it would stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from apps.reports import wording
from apps.reports.deep_figures import VARIANTS, criterion_names, draw_depth
from apps.reports.deep_wording import FLAGS, DeepWords, agreed, per_100, traffic_words
from apps.reports.formats import decimal, p_value, percent, percent_interval, points, points_interval, whole
from apps.reports.paper.drawings import draw_forest, draw_heat
from apps.reports.paper.sheet import SOFT
from apps.reports.paper.tables import draw_notes, draw_table, interval_title
from apps.reports.powered_wording import powered_forest, powered_sentence
from apps.reports.watch_wording import WatchWords, most_judgments

if TYPE_CHECKING:
    from apps.reports.charts.forest import Forest
    from apps.reports.deep_figures import DeepFigures
    from apps.reports.domain.depth import AssessorNumbers, Depth
    from apps.reports.domain.numbers import Numbers
    from apps.reports.paper.sheet import Sheet


def draw_known(sheet: Sheet, numbers: Numbers) -> None:
    """What automatic judges add to the headline, and whether judging may stop; nothing where neither was asked."""
    if numbers.powered:
        sheet.heading(gettext("Sharpened by an automatic judge"))
        sheet.write(gettext("The headline is people’s alone and stays so."), colour=SOFT)
        if forest := powered_forest(numbers):
            _rates(sheet, forest)
        for found in numbers.powered:
            rate = found.win_rate
            head = f"{found.judge} ({gettext('automatic')})"
            told = "" if found.refused else f"{percent(rate.value)}, {percent_interval(rate)}. "
            sheet.write(f"{head}: {told}{powered_sentence(found)}")
    if numbers.watch:
        words = WatchWords(numbers.watch, most_judgments(numbers))
        sheet.heading(gettext("Is it known yet?"))
        sheet.write(f"{words.sentence} {words.beyond}", bold=True)
        if words.forest:
            _rates(sheet, words.forest)


def draw_behind(sheet: Sheet, numbers: Numbers) -> None:
    """Works for reports from before these numbers were kept: then only the side on the screen is told of."""
    depth, figures = numbers.depth, draw_depth(numbers)
    words = DeepWords(depth) if depth else None
    if depth and figures:
        names = criterion_names(numbers)
        _cells(sheet, figures, several=len(numbers.clusters) > 1)
        _discordance(sheet, depth, names)
        _drivers(sheet, depth, figures, names)
        _agreement(sheet, depth, names)
        _assessors(sheet, depth)
        _sensitivity(sheet, numbers, depth, figures)
    sheet.heading(gettext("Did the side on the screen matter?"), keep=60)
    sheet.write(wording.position(numbers))
    if words:
        sheet.write(words.sides)
    if words and words.lengths:
        sheet.heading(gettext("Did length matter?"), keep=60)
        sheet.write(words.lengths)


def _rates(sheet: Sheet, forest: Forest) -> None:
    ends = (gettext("B is better"), gettext("A is better"))
    draw_forest(sheet, forest, ends, lambda value: percent(value, 0))


def _cells(sheet: Sheet, figures: DeepFigures, *, several: bool) -> None:
    if not figures.heat or not several:
        return
    sheet.heading(gettext("Criteria by cluster"), keep=figures.heat.height * 0.62 + 70)
    note = gettext(
        "Net preference for A in percentage points. Exploratory: a dot ● marks what stands out among all cells at a "
        "false discovery rate of 10%% (Benjamini and Hochberg); hatched cells have few data."
    )
    sheet.write(note % {}, size=8, colour=SOFT)
    draw_heat(sheet, figures.heat)


def _discordance(sheet: Sheet, depth: Depth, names: dict[str, str]) -> None:
    if not depth.discordance:
        return
    sheet.heading(gettext("Errors and hallucinations"))
    head = [gettext("Criterion"), pgettext("marked", "Both"), pgettext("marked", "A only")]
    head += [pgettext("marked", "B only"), pgettext("marked", "Neither")]
    head += [gettext("Difference, points"), gettext("p, clustered"), gettext("p, McNemar")]
    rows = []
    for item in depth.discordance:
        counts = [whole(count) for count in (item.both, item.a_only, item.b_only, item.neither)]
        found = f"{points(item.difference.value)} ({points_interval(item.difference)})"
        rows.append([names[item.criterion], *counts, found, p_value(item.difference.p), p_value(item.mcnemar_p)])
    draw_table(sheet, head, rows)
    draw_notes(sheet, [(names[item.criterion], item.difference.undefined) for item in depth.discordance])
    dense = [
        [names[item.criterion], per_100(item.per_100_a), per_100(item.per_100_b)]
        for item in depth.discordance
        if item.per_100_a and item.per_100_b
    ]
    if dense:
        draw_table(sheet, [gettext("Marks in 100 words"), "A", "B"], dense)


def _drivers(sheet: Sheet, depth: Depth, figures: DeepFigures, names: dict[str, str]) -> None:
    if not figures.drivers:
        return
    sheet.heading(gettext("Which criteria decide"), keep=figures.drivers.height * 0.62 + 60)
    ends = (gettext("against the verdict"), gettext("with the verdict"))
    draw_forest(sheet, figures.drivers, ends, lambda value: points(value, 0))
    draw_notes(sheet, [(names[item.criterion], item.effect.undefined) for item in depth.drivers])


def _agreement(sheet: Sheet, depth: Depth, names: dict[str, str]) -> None:
    sheet.heading(gettext("How far assessors agree"))
    head = [pgettext("agreement", "On"), gettext("Krippendorff’s alpha"), gettext("Gwet’s AC1"), gettext("Same rating")]
    named = {"verdict": pgettext("agreement", "Verdict"), **names}
    known = [item for item in depth.agreement if item.alpha.value is not None]
    rows = [[named[item.subject], agreed(item.alpha), agreed(item.ac1), percent(item.raw.value)] for item in known]
    if rows:
        draw_table(sheet, head, rows)
    unknown = [item for item in depth.agreement if item.alpha.value is None]
    draw_notes(sheet, [(named[item.subject], item.alpha.undefined) for item in unknown])


def _assessors(sheet: Sheet, depth: Depth) -> None:
    sheet.heading(gettext("Assessors"))
    head = [gettext("Assessor"), gettext("Judgments"), gettext("Win rate of A"), gettext("Agrees with others")]
    head += [gettext("Median time, s"), gettext("To look at")]
    draw_table(sheet, head, [_assessor(place, person) for place, person in enumerate(depth.assessors, start=1)])


def _assessor(place: int, person: AssessorNumbers) -> list[str]:
    label = gettext("Assessor %(number)s") % {"number": place}
    flags = ", ".join(str(FLAGS[flag]) for flag in person.flags) or "–"
    numbers = [whole(person.judgments), percent(person.win_rate), percent(person.agreed)]
    return [label, *numbers, decimal(person.median_seconds, 0), flags]


def _sensitivity(sheet: Sheet, numbers: Numbers, depth: Depth, figures: DeepFigures) -> None:
    sheet.heading(gettext("Would other choices change the verdict?"), keep=figures.variants.height * 0.62 + 60)
    _rates(sheet, figures.variants)
    head = [gettext("Choice"), gettext("Win rate"), interval_title(), "p", gettext("Judgments")]
    used = [(str(VARIANTS[item.key]), item.win_rate) for item in depth.variants if item.applies]
    rows = [
        [name, percent(rate.value), percent_interval(rate), p_value(rate.p), whole(rate.judgments)]
        for name, rate in used
    ]
    draw_table(sheet, head, rows)
    draw_notes(sheet, [(name, rate.undefined) for name, rate in used])
    idle = [str(VARIANTS[item.key]) for item in depth.variants if not item.applies]
    if idle:
        sheet.write(gettext("These change nothing here: %(names)s.") % {"names": ", ".join(idle)}, size=8, colour=SOFT)
    if told := traffic_words(numbers):
        sheet.write(told, size=8, colour=SOFT)
