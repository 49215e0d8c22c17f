"""Marks in Chromium: made by keys alone, by mouse on words and picture; a contradiction is asked about once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from apps.assessment.models import Judgment, Mark
from apps.assessment.tests.makers import make_evaluation
from tests.browser.test_assessor_day import LAPTOP, judging, place_of, press, wait_for_another

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from apps.assessment.models import Evaluation
    from conftest import Cast
    from tests.browser.conftest import PageAs

SAYS = "Two 🐈 sit on a **red** sofa.\n\n```\nx = 1\n```\n\nThey don’t sleep."
SHOWN = "Two 🐈 sit on a red sofa.\nx = 1\n\nThey don’t sleep."


@pytest.fixture
def evaluation(transactional_db: None, cast: Cast) -> Evaluation:
    says = {f"t{number}": SAYS for number in range(3)}
    return make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=3, images=1, overlap=1, says=says, criteria="standard"
    )


def test_words_are_marked_by_keyboard_alone(cast: Cast, evaluation: Evaluation, page_as: PageAs) -> None:
    page = judging(page_as, cast, evaluation, viewport=LAPTOP)
    first, mine = place_of(page), side_of_a(page)
    press(page, "Digit3", *"ASDF")
    press(page, "KeyT" if mine == 1 else "KeyY")
    press(page, *["ArrowRight"] * 5, "Shift+ArrowRight")
    assert status(page) == "red sofa"
    press(page, "ArrowDown", "ArrowDown", "Shift+ArrowDown", "Digit3", "+", "Enter")
    assert status(page).startswith("Marked.")
    assert page.evaluate("CSS.highlights.get('mark-major').size") == 1
    page.reload()
    assert page.locator(".mark__quote").inner_text() == "They don’t sleep"
    press(page, "Shift+Tab", "KeyH" if mine == 1 else "KeyG", "Enter")
    wait_for_another(page, first)
    (mark,) = Mark.objects.all()
    assert (mark.side, mark.kind, mark.severity, mark.quote) == ("a", "object", "major", "They don’t sleep")
    assert SHOWN[mark.start : mark.end] == mark.quote
    said = {rating.criterion.key: rating for rating in Judgment.objects.get().ratings.select_related("criterion")}
    assert (said["hallucinations"].preference, said["hallucinations"].value_a, said["hallucinations"].value_b) == (
        -1,
        1,
        0,
    )
    assert said["errors"].value_a == 0


def test_words_and_their_place_in_the_picture_are_marked_by_mouse(
    cast: Cast, evaluation: Evaluation, page_as: PageAs
) -> None:
    page = judging(page_as, cast, evaluation, viewport=LAPTOP)
    first, mine = place_of(page), side_of_a(page)
    press(page, "Digit3", *"ASDF")
    page.locator(f"#answer-{mine} strong").dblclick()
    page.get_by_role("button", name="Mark this").click()
    page.get_by_label("Attribute").check()
    page.get_by_text("Show the place in the picture").click()
    drag(page, ".zoom__view img", (0.1, 0.2), (0.6, 0.7))
    assert page.locator("[data-side=left]").input_value() == "10"
    page.locator("[data-side=height]").fill("25")
    assert Axe().run(page).violations_count == 0, Axe().run(page).generate_report()
    page.get_by_role("button", name="Save the mark").click()
    page.locator(f"[name=faults_{3 - mine}][value=none]").check()
    page.get_by_role("button", name="Save, next").click()
    wait_for_another(page, first)
    (mark,) = Mark.objects.all()
    assert (mark.quote, mark.kind, mark.severity) == ("red", "attribute", "minor")
    region = (mark.left_permille, mark.top_permille, mark.width_permille, mark.height_permille)
    assert region == (100, 200, 500, 250)


def test_a_verdict_against_everything_said_is_asked_about_once(
    cast: Cast, evaluation: Evaluation, page_as: PageAs
) -> None:
    page = judging(page_as, cast, evaluation)
    first = place_of(page)
    press(page, "Digit5", *"QWERGH", "Enter")
    page.get_by_text("favours the other answer").wait_for()
    press(page, "Enter")
    wait_for_another(page, first)
    assert Judgment.objects.get().contradiction == "kept"


def test_marks_of_a_judgment_that_is_changed_are_painted_again(
    cast: Cast, evaluation: Evaluation, page_as: PageAs
) -> None:
    page = judging(page_as, cast, evaluation, viewport=LAPTOP)
    first, mine = place_of(page), side_of_a(page)
    press(page, "Digit3", *"ASDF", "KeyT" if mine == 1 else "KeyY", "Digit3", "+", "Enter")
    press(page, "KeyH" if mine == 1 else "KeyG", "Enter")
    wait_for_another(page, first)
    assert not page.evaluate("CSS.highlights.get('mark-major')?.size")
    press(page, "KeyU")
    page.get_by_role("heading", name="Change your judgment").wait_for()
    page.wait_for_function("() => document.querySelectorAll('mark-desk').length === 1")
    assert page.evaluate("CSS.highlights.get('mark-major')?.size") == 1
    assert page.locator(".mark__quote").get_attribute("lang") == page.locator("#answer-1").get_attribute("lang")


def side_of_a(page: Page) -> int:
    return 1 if "sofa" in page.locator("#answer-1").inner_text() else 2


def status(page: Page) -> str:
    return page.locator("[data-said]").inner_text()


def drag(page: Page, selector: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From and to these parts of a picture's width and height, as it is drawn in its element."""
    box = page.locator(selector).evaluate(
        """image => { const box = image.getBoundingClientRect();
        const fit = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
        const [width, height] = [image.naturalWidth * fit, image.naturalHeight * fit];
        return [box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height]; }"""
    )
    page.mouse.move(box[0] + start[0] * box[2], box[1] + start[1] * box[3])
    page.mouse.down()
    page.mouse.move(box[0] + end[0] * box[2], box[1] + end[1] * box[3], steps=3)
    page.mouse.up()
