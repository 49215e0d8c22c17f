"""Tables for a paper: booktabs, numbers rounded, words in English; `\\input` it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apps.reports.domain.numbers import Group
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
}


def render(report: Report) -> bytes:
    numbers = report.content
    about = f"% {numbers.facts.evaluation_name!r}, report {report.number}, sha256 {report.sha256}".replace("\n", " ")
    interim = "% Interim: the evaluation was still open.\n" if numbers.is_interim else ""
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
    return f"{about}\n{interim}% needs \\usepackage{{booktabs}}\n{rates}\n{criteria}".encode()


def _rate(group: Group) -> list[str]:
    p = group.win_rate.p if not group.key else group.tested_p
    return [*_cells(group.win_rate), _p(p), str(group.tasks), str(group.judgments)]


def _cells(estimate: Estimate, *, signed: bool = False) -> list[str]:
    def number(value: float | None) -> str:
        return "--" if value is None else f"${100 * value:+.1f}$" if signed else f"{100 * value:.1f}"

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
