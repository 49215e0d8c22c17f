"""What stands on the pages of a report, in order."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import matplotlib as mpl
from django.utils.translation import gettext, pgettext
from matplotlib.backends.backend_pdf import PdfPages

from apps.assessment.labels import criterion_label, leak_kind_label
from apps.reports import several_wording, wording
from apps.reports.figures import draw, every_group
from apps.reports.formats import decimal, moment, p_value, percent, percent_interval, points, points_interval, whole
from apps.reports.paper.behind import draw_behind, draw_known
from apps.reports.paper.drawings import draw_bars, draw_forest
from apps.reports.paper.ranking import draw_ranking
from apps.reports.paper.sheet import SOFT, Sheet
from apps.reports.paper.tables import draw_notes, draw_table, interval_title
from apps.statistics.scores import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.numbers import CriterionNumbers, Group, Method, Numbers
    from apps.reports.models import Report

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every glyph it keeps


def make_pdf(report: Report) -> bytes:
    """The same report in the same language gives the same bytes: the time inside is the report's."""
    out, ranking = io.BytesIO(), report.ranking
    told = gettext("Ranking: %(name)s") if ranking else gettext("Report: %(name)s")
    title = told % {"name": ranking.bucket if ranking else report.content.facts.evaluation_name}
    about = {"Title": title, "Creator": "SBS Platform", "Producer": "matplotlib", "CreationDate": report.created_at}
    foot = gettext("SHA-256 of the numbers: %(hash)s") % {"hash": report.sha256}
    with mpl.rc_context({"pdf.fonttype": 42, "font.family": "DejaVu Sans"}), PdfPages(out, metadata=about) as pdf:
        sheet = Sheet(pdf, foot)
        sheet.write(title, size=17, bold=True, after=6)
        if ranking:
            draw_ranking(sheet, ranking)
            hashes = ranking.found.data_sha256, ranking.bucket_sha256
            _method(sheet, report, several_wording.method_sentences(ranking), ranking.method, *hashes)
        else:
            _compared(sheet, report)
        sheet.finish()
    return out.getvalue()


def _compared(sheet: Sheet, report: Report) -> None:
    numbers = report.content
    _verdict(sheet, report)
    draw_known(sheet, numbers)
    if numbers.counts.judgments:
        _pictures(sheet, numbers)
        draw_behind(sheet, numbers)
    _leaks(sheet, numbers)
    _automatic(sheet, numbers)
    hashes = numbers.data_sha256, numbers.facts.bucket_sha256
    _method(sheet, report, wording.method_sentences(numbers), numbers.method, *hashes)


def _verdict(sheet: Sheet, report: Report) -> None:
    numbers = report.content
    overall, counts, facts = numbers.overall, numbers.counts, numbers.facts
    if loud := wording.simulated(counts):
        sheet.write(gettext("Simulated judgments"), size=10, bold=True, colour="#7d4e00", after=1)
        sheet.write(loud, colour="#7d4e00")
    if early := wording.interim(numbers, report.number):
        sheet.write(early, colour="#7d4e00")
    sheet.write(wording.headline(numbers), size=12, bold=True, colour="#2444a5", after=2)
    sheet.write(wording.sentence(numbers), size=11.5, after=8)
    sheet.write(
        gettext("A: %(a)s. B: %(b)s. Bucket “%(bucket)s” version %(version)s.")
        % {"a": facts.a.label, "b": facts.b.label, "bucket": facts.bucket, "version": facts.bucket_version},
        colour=SOFT,
    )
    if kept := wording.pairs(numbers):
        sheet.write(" ".join(kept), colour=SOFT)
    head = [gettext("Key figure"), pgettext("of a measure", "Value"), interval_title()]
    rates = {
        gettext("Win rate of A, ties half"): overall.win_rate,
        gettext("Win rate without ties"): overall.decisive_win_rate,
        gettext("Ties"): overall.tie_rate,
        gettext("Both bad"): overall.both_bad_rate,
    }
    rows = [[name, percent(rate.value), percent_interval(rate)] for name, rate in rates.items()]
    rows.insert(1, [gettext("Net preference, points"), points(overall.net.value), points_interval(overall.net)])
    rows.append([gettext("p against one half"), p_value(overall.tested_p), ""])
    plain = {
        gettext("Tasks judged"): whole(counts.tasks),
        gettext("Assessors"): whole(counts.assessors),
        gettext("Judgments"): whole(counts.judgments),
        gettext("of them simulated"): whole(counts.simulated_judgments),
        gettext("Design effect"): decimal(overall.win_rate.design_effect),
    }
    draw_table(sheet, head, rows + [[name, value, ""] for name, value in plain.items()])
    if overall.win_rate.undefined:
        sheet.write(str(wording.REASONS[overall.win_rate.undefined]))
    for why in wording.dashes(numbers):
        sheet.write(why, colour=SOFT)
    if note := wording.worth(numbers):
        sheet.write(note, colour=SOFT)


def _pictures(sheet: Sheet, numbers: Numbers) -> None:
    figures, rows = draw(numbers), every_group(numbers)
    ends = (gettext("B is better"), gettext("A is better"))
    sheet.heading(gettext("What the assessors said"))
    draw_bars(sheet, figures.bars)
    _verdict_table(sheet, rows)
    # xgettext:no-python-format
    sheet.heading(gettext("Win rate of A with its 95% interval"), keep=figures.rates.height * 0.62 + 60)
    draw_forest(sheet, figures.rates, ends, lambda value: percent(value, 0))
    _spreads(sheet, numbers)
    _rate_table(sheet, rows)
    if numbers.criteria:
        title = gettext("Net preference for A by criterion, percentage points")
        sheet.heading(title, keep=figures.criteria.height * 0.62 + 60)
        draw_forest(sheet, figures.criteria, ends, lambda value: points(value, 0))
        _criterion_table(sheet, numbers)


def _spreads(sheet: Sheet, numbers: Numbers) -> None:
    for title, groups, found in (
        (gettext("Clusters"), numbers.clusters, numbers.cluster_spread),
        (gettext("Languages"), numbers.languages, numbers.language_spread),
    ):
        if len(groups) > 1:
            sheet.write(f"{title}. {wording.spread(found)}", size=8, colour=SOFT)


def _verdict_table(sheet: Sheet, rows: list[tuple[str, Group]]) -> None:
    """Shares, each task counting once, with the judgments behind them."""
    head = [gettext("Group"), *(str(wording.VERDICTS[verdict]) for verdict in VERDICTS)]
    body = [
        [label, *(f"{percent(group.shares[verdict])} ({whole(group.counts[verdict])})" for verdict in VERDICTS)]
        for label, group in rows
    ]
    draw_table(sheet, head, body)


def _marked(label: str, *, enough: bool) -> str:
    return label if enough else f"{label} ({gettext('few data')})"


def _rate_table(sheet: Sheet, rows: list[tuple[str, Group]]) -> None:
    head = [gettext("Group"), gettext("Win rate"), interval_title(), "p", gettext("p adjusted")]
    head += [gettext("Both bad"), gettext("Tasks"), gettext("Assessors"), gettext("Judgments")]
    draw_table(
        sheet,
        head,
        [
            [
                _marked(label, enough=group.enough or not group.key),
                percent(group.win_rate.value),
                percent_interval(group.win_rate),
                p_value(group.tested_p),
                p_value(group.p_adjusted),
                percent(group.both_bad_rate.value),
                whole(group.tasks),
                whole(group.assessors),
                whole(group.judgments),
            ]
            for label, group in rows
        ],
    )
    draw_notes(sheet, [(label, group.win_rate.undefined) for label, group in rows if group.key])


def _criterion_table(sheet: Sheet, numbers: Numbers) -> None:
    head = [gettext("Criterion"), gettext("Net, points"), interval_title(), "p", gettext("p, Holm")]
    head += [gettext("A better"), pgettext("criterion", "Same"), gettext("B better")]
    draw_table(
        sheet,
        head,
        [
            [
                _marked(_name(item), enough=item.enough),
                points(item.net.value),
                points_interval(item.net),
                p_value(item.tested_p),
                p_value(item.tested_p_adjusted),
                whole(item.better),
                whole(item.same),
                whole(item.worse),
            ]
            for item in numbers.criteria
        ],
    )
    draw_notes(sheet, [(_name(item), item.net.undefined) for item in numbers.criteria])
    _answer_table(sheet, numbers)


def _name(criterion: CriterionNumbers) -> str:
    return criterion.name or str(criterion_label(criterion.key))


def _answer_table(sheet: Sheet, numbers: Numbers) -> None:
    """What was said of each answer by itself; absent where answers were only compared."""
    rows = [
        [_name(item), wording.of_answer(item, item.a), wording.of_answer(item, item.b), wording.apart(item)]
        for item in numbers.criteria
        if item.a and item.b
    ]
    if rows:
        draw_table(sheet, [gettext("Each answer by itself"), "A", "B", gettext("A minus B, points")], rows)


def _leaks(sheet: Sheet, numbers: Numbers) -> None:
    sheet.heading(gettext("What might have unblinded"))
    sheet.write(wording.leaks(numbers))
    found = numbers.facts.leaks
    if not found or not found.found:
        return
    head = [
        gettext("Kind"),
        gettext("Masked"),
        gettext("Comparison excluded"),
        gettext("Accepted"),
        gettext("Undecided"),
    ]
    rows = [
        [
            str(leak_kind_label(row.kind)),
            *(whole(count) for count in (row.masked, row.excluded, row.accepted, row.undecided)),
        ]
        for row in found.kinds
    ]
    draw_table(sheet, head, rows)


def _automatic(sheet: Sheet, numbers: Numbers) -> None:
    """What no person said, by itself; absent where no judge was started."""
    judges = numbers.facts.automatic
    if not judges:
        return
    sheet.heading(gettext("Automatic judges"))
    sheet.write(gettext("They judged beside people. Their word counts only in numbers that say so."))
    head = [gettext("Key figure"), pgettext("of a measure", "Value"), interval_title()]
    for judge in judges:
        sheet.write(f"{judge.judge} ({gettext('automatic')})", bold=True, after=2)
        rates = {
            gettext("Win rate of A"): judge.win_rate,
            gettext("Win rate of A by assessors, same comparisons"): judge.people_win_rate,
            gettext("Agrees with one assessor"): judge.with_one,
        }
        rows = [[name, percent(rate.value), percent_interval(rate)] for name, rate in rates.items()]
        if judge.flips is not None and judge.both is not None:
            rows.append([gettext("Flips with the order"), f"{whole(judge.flips)} / {whole(judge.both)}", ""])
        draw_table(sheet, head, [[gettext("Comparisons judged"), whole(judge.judged), ""], *rows])


def _method(
    sheet: Sheet, report: Report, sentences: Sequence[str], method: Method, data_sha256: str, bucket_sha256: str
) -> None:
    sheet.heading(gettext("How the numbers were made"))
    for sentence in sentences:
        sheet.write(sentence, size=8, after=3)
    ranked = report.ranking is not None
    counted = gettext("Ranking number of this bucket") if ranked else gettext("Report number of this evaluation")
    libraries = f"Python {method.python}, numpy {method.numpy}, scipy {method.scipy}"
    facts = {
        gettext("Frozen"): moment(report.created_at),
        gettext("Code version"): report.code_version,
        gettext("Libraries"): libraries,
        counted: whole(report.number),
        gettext("SHA-256 of the judgments"): data_sha256,
        gettext("SHA-256 of the bucket"): bucket_sha256,
    }
    for name, value in facts.items():
        sheet.write(f"{name}: {value}", size=8, colour=SOFT, after=1)
