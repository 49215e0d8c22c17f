"""Tables for a paper: booktabs, numbers rounded, words in English; `\\input` it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.reports.domain.numbers import Group, Numbers
    from apps.reports.domain.ranking import Ranking
    from apps.reports.models import Report
    from apps.statistics.clustered import Estimate

name, suffix, media_type, label = "latex", ".tex", "application/x-tex", "LaTeX"
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: "\\" + sign for sign in "&%$#_{}"},
    **{sign: f"{{{sign}}}" for sign in "[*"},  # the end of a row takes the next one's start for its own
}


def render(report: Report) -> bytes:
    ranking = report.ranking
    tables = _ranked(ranking) if ranking else _compared(report.content)
    of = ranking.bucket if ranking else report.content.facts.evaluation_name
    about = f"% {of!r}, {'ranking' if ranking else 'report'} {report.number}, sha256 {report.sha256}".replace("\n", " ")
    interim = "% Interim: judging still went on.\n" if report.is_interim else ""
    return f"{about}\n{interim}% needs \\usepackage{{booktabs}}\n{tables}".encode()


def _compared(numbers: Numbers) -> str:
    groups = [("All tasks", numbers.overall)]
    groups += [(group.key, group) for group in (*numbers.clusters, *numbers.languages)]
    rates = _table(
        _text(f"Win rate of {numbers.facts.a.label} against {numbers.facts.b.label}, ties half"),
        ("Group", "Win rate", "95\\,\\% interval", "$p$", "Tasks", "Judgments"),
        [[_text(label), *_rate(group)] for label, group in groups],
    )
    criteria = _table(
        "Net preference by criterion, percentage points; $p$ adjusted by Holm",
        ("Criterion", "Net", "95\\,\\% interval", "$p$"),
        [
            [_text(item.name or item.key), *_cells(item.net, signed=True), _p(item.tested_p_adjusted)]
            for item in numbers.criteria
        ],
    )
    return f"{rates}\n{criteria}"


def _ranked(ranking: Ranking) -> str:
    names, found = ranking.names, ranking.found
    standings = _table(
        _text(f"Strength of pipelines on {ranking.bucket} (Bradley and Terry, mean 1000); places hold for all pairs"),
        ("Pipeline", "Place", "Strength", "95\\,\\% interval", "Expected win rate"),
        [
            [
                _text(names[item.pipeline]),
                str(item.best) if item.best == item.worst else f"{item.best} to {item.worst}",
                *_cells(item.strength, scale=1, digits=0),
                f"{100 * item.expected:.1f}",
            ]
            for item in found.standings
        ],
    )
    pairs = _table(
        "Win rate of the first of each pair, ties half",
        ("Pair", "Win rate", "95\\,\\% interval", "Predicted", "Tasks", "Judgments"),
        [
            [
                _text(f"{names[item.row]} against {names[item.column]}"),
                *_cells(item.observed),
                "--" if item.predicted is None else f"{100 * item.predicted:.1f}",
                str(item.observed.tasks),
                str(item.observed.judgments),
            ]
            for item in found.meetings
        ],
    )
    return f"{standings}\n{pairs}"


def _rate(group: Group) -> list[str]:
    p = group.win_rate.p if not group.key else group.tested_p
    return [*_cells(group.win_rate), _p(p), str(group.tasks), str(group.judgments)]


def _cells(estimate: Estimate, *, signed: bool = False, scale: float = 100, digits: int = 1) -> list[str]:
    def number(value: float | None) -> str:
        if value is None:
            return "--"
        return f"${scale * value:+.{digits}f}$" if signed else f"{scale * value:.{digits}f}"

    interval = f"{number(estimate.low)} to {number(estimate.high)}" if estimate.low is not None else "--"
    return [number(estimate.value), interval]


def _p(value: float | None) -> str:
    return "--" if value is None else "$<0.001$" if value < 0.001 else f"{value:.3f}"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" & ".join(row) + r" \\" for row in rows]
    columns = "l" + "r" * (len(head) - 1)
    body = "\n".join([f"\\begin{{tabular}}{{{columns}}}", r"\toprule", " & ".join(head) + r" \\", r"\midrule", *lines])
    return f"\\begin{{table}}\n\\caption{{{caption}}}\n{body}\n\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n"


def _text(words: str) -> str:
    """Nothing in it is a command; control characters are left out."""
    return "".join(SPECIAL.get(sign, sign) for sign in words if sign.isprintable())
