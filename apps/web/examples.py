"""Made-up content of the style page, in the shapes that the templates of the rooms read; none of it is stored."""

from __future__ import annotations

from types import SimpleNamespace as Thing
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SOURCE = "name: Example\nsteps:\n  - id: answer\n    uses: generate\noutput: $answer.text\n"
RATING_KEYS = {"left": "QW", "same": "AS", "right": "ZX"}


def style_examples() -> dict[str, Any]:
    return {**judging(), **report(), **pipeline(), "example_tasks": tasks()}


def judging() -> dict[str, Any]:
    verdict = question("verdict", _("Which answer is better?"), verdict_choices(), required=True)
    grammar = question("grammar", _("Grammar"), rating_choices(0, checked="same"))
    wrong = question("readability", _("Readability"), rating_choices(1), error=_("Choose one of the three."))
    picture = Thing(number=1, width_px=320, height_px=320, alt=_("Two bars side by side, the mark of this platform"))
    return {"judging": {"verdict_question": verdict, "criterion_questions": [grammar, wrong], "picture": picture}}


def tasks() -> list[Thing]:
    """Cards of text alone: the pictures of a task are shown to the members of its bucket only."""
    words = {"en": _("An instruction in English."), "ru": "Инструкция по-русски."}
    return [
        Thing(
            language=language,
            cluster="writing",
            key=f"writing-{language}",
            public_id=UUID(int=0),
            instruction=text,
            task_images=Thing(all=[]),
        )
        for language, text in words.items()
    ]


def question(
    name: str, label: str, choices: list[dict[str, Any]], *, required: bool = False, error: str = ""
) -> dict[str, Any]:
    about = {"name": f"example_{name}", "label": label, "question": "", "required": required}
    return about | {"choices": choices, "error": error}


def choice(value: str, label: str, cap: str, key: str, *, checked: bool = False) -> dict[str, Any]:
    return {"value": value, "label": label, "cap": cap, "key": f"{key}{cap}", "checked": checked}


def verdict_choices() -> list[dict[str, Any]]:
    words = {
        "left_much": ("1", _("Answer 1 is much better")),
        "left": ("2", _("Answer 1 is better")),
        "tie": ("3", pgettext("verdict", "Tie")),
        "right": ("4", _("Answer 2 is better")),
        "right_much": ("5", _("Answer 2 is much better")),
        "both_bad": ("0", _("Both are bad")),
    }
    return [choice(value, word, cap, "Digit", checked=value == "left") for value, (cap, word) in words.items()]


def rating_choices(column: int, *, checked: str = "") -> list[dict[str, Any]]:
    words = {"left": _("Answer 1 is better"), "same": pgettext("criterion", "Same"), "right": _("Answer 2 is better")}
    return [
        choice(value, word, RATING_KEYS[value][column], "Key", checked=value == checked)
        for value, word in words.items()
    ]


def report() -> dict[str, Any]:
    shares = {"a_much": 0.2, "a": 0.3, "tie": 0.15, "both_bad": 0.05, "b": 0.18, "b_much": 0.12}
    return {
        "verdicts": list(shares),
        "bars": stacked_bars(shares),
        "forest": forest(),
        "verdict_cards": verdict_cards(),
    }


def stacked_bars(shares: Mapping[str, float]) -> dict[str, Any]:
    bar = {"label": _("All tasks"), "note": "", "label_y": 14, "y": 22, "text_y": 40, "segments": segments(shares)}
    return {"bars": [bar], "height": 56, "bar_height": 26}


def segments(shares: Mapping[str, float]) -> Iterable[dict[str, Any]]:
    left, drawn = 0.0, []
    for verdict, share in shares.items():
        x, width = round(100 * left, 1), round(100 * share, 1)
        drawn.append({"verdict": verdict, "share": share, "x": x, "width": width, "middle": x + width / 2})
        drawn[-1]["labelled"] = share > 0.1
        left += share
    return drawn


def forest() -> dict[str, Any]:
    """Overall, a group with enough data and one with too little."""
    marks = [
        mark(0, _("All tasks"), 54.0, 61.0, 68.0, overall=True),
        mark(1, _("English"), 42.0, 57.0, 72.0),
        mark(2, _("Russian"), 30.0, 55.0, 80.0, enough=False),
    ]
    ticks = [{"x": 10 * place, "value": place / 10} for place in (2, 5, 8)]
    return {"marks": marks, "ticks": ticks, "reference_x": 50.0, "plot_height": 150, "height": 184}


def mark(place: int, label: str, *ends: float, overall: bool = False, enough: bool = True) -> dict[str, Any]:
    """`ends`: low, value, high in percent of the drawing's width."""
    top, (left, x, right) = 50 * place, ends
    point = {"label": label, "text": "", "enough": enough, "overall": overall}
    where = {"rule_y": top, "label_y": top + 17, "y": top + 35, "apex": 50.0}
    return where | {"point": point, "left": left, "x": x, "right": right, "width": right - left}


def verdict_cards() -> list[dict[str, Any]]:
    """One that names a winner, one without, and one whose data do not suffice."""
    cards = (
        ("a", pgettext("verdict of a report", "A is better"), 0.61, 0.07, 120, 6),
        ("undecided", pgettext("verdict of a report", "No difference established"), 0.52, 0.07, 120, 6),
        ("insufficient", pgettext("verdict of a report", "Insufficient data"), 0.66, 0.25, 12, 2),
    )
    return [verdict_card(*card) for card in cards]


def verdict_card(reading: str, headline: str, rate: float, half: float, tasks: int, assessors: int) -> dict[str, Any]:
    rates = {
        "decisive_win_rate": estimate(rate, half),
        "tie_rate": estimate(0.15, 0.04),
        "both_bad_rate": estimate(0.05, 0.02),
    }
    net = estimate(2 * rate - 1, 2 * half)
    overall = Thing(
        win_rate=estimate(rate, half), net=net, tested_p=None if reading == "insufficient" else 0.003, **rates
    )
    counts = Thing(tasks=tasks, assessors=assessors, judgments=2 * tasks, simulated_judgments=0)
    numbers = {"overall": overall, "counts": counts, "facts": {"comparisons": 120}, "verdict": {"reading": reading}}
    sentence = _("A sentence says what the numbers mean, and names their interval.")
    return {"numbers": numbers, "words": {"headline": headline, "simulated": False, "worth": "", "sentence": sentence}}


def estimate(value: float, half: float) -> Thing:
    return Thing(value=value, low=value - half, high=value + half, p=0.003, undefined=None, design_effect=1.4)


def pipeline() -> dict[str, Any]:
    steps = [
        {
            "id": "read",
            "uses": "ocr",
            "inputs": [("images", "$inputs.images")],
            "settings": [("languages", "rus, eng")],
        },
        {"id": "answer", "uses": "generate", "inputs": [("text", "$read.text")], "model": "llm", "settings": []},
    ]
    lines = [
        {"change": "same", "old": 1, "new": 1, "text": "name: Example"},
        {"change": "removed", "old": 2, "new": None, "text": "temperature: 0.9"},
        {"change": "added", "old": None, "new": 2, "text": "temperature: 0.3"},
    ]
    problems = [{"line": 4, "key": "steps.0.uses", "message": _("This key is required.")}]
    revision = Thing(number=2, source=SOURCE, spec={"output": "$answer.text"})
    return {"steps": steps, "lines": lines, "problems": problems, "revision": revision, "other": Thing(number=1)}
