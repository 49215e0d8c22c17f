"""The assessor's day in Chromium: keys alone, fingers alone, scales, a reload, long answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from apps.assessment.domain.criteria_yaml import read_set
from apps.assessment.domain.sets import SETS
from apps.assessment.models import Assignment, Judgment, Mark, Skip
from apps.assessment.services import claim_comparison, free_lease
from apps.assessment.tests.makers import make_evaluation

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from apps.assessment.models import Evaluation
    from conftest import Cast
    from tests.browser.conftest import PageAs

LAPTOP = {"width": 1440, "height": 900}
PHONE = {"viewport": {"width": 375, "height": 800}, "is_mobile": True, "has_touch": True}
NARROW = {"width": 320, "height": 640}
FIRST_BETTER, ALL_SAME = "QWER", "ASDF"  # the four criteria
NOTHING_WRONG = "GH"  # seen in answer 1, in answer 2
OWN = """
order: comparison
criteria:
  - {key: tone, kind: absolute, name: Tone, scale: {points: 10, low: rude, high: polite}}
  - {key: relevance, only_if: {verdict: [tie]}}
  - {key: grammar, only_if: {relevance: [different]}}
"""


@pytest.fixture
def evaluation(transactional_db: None, cast: Cast) -> Evaluation:
    return make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=4, images=1, guidelines="Read **both**.")


def test_a_day_by_keyboard_alone(cast: Cast, evaluation: Evaluation, page_as: PageAs) -> None:
    page = page_as(cast.assessor)
    page.goto("/evaluations/judge/")
    tab_to(page, "a:has-text('Start judging')")
    page.keyboard.press("Enter")
    wait_for_keys(page)
    first = place_of(page)
    press(page, "KeyP", "Tab", "+", "+")  # into the picture, enlarge it
    assert page.locator("[data-scale]").inner_text() == "156%"
    press(page, "Digit2", *FIRST_BETTER, *NOTHING_WRONG, "KeyM")
    page.keyboard.type("1 is clearer; q1?")  # keys are only letters here
    press(page, "Control+Enter")
    wait_for_another(page, first)
    assert page.locator("#judge-said").inner_text() == "Saved. Here is the next comparison."
    assert page.evaluate("document.activeElement.tagName") == "H1"
    second = place_of(page)
    press(page, "Digit1", "KeyO")  # a draft stays behind, and the list of what was said comes
    page.locator("#said-dialog[open]").wait_for()
    press(page, "Enter")
    page.get_by_role("heading", name="Change your judgment").wait_for()
    assert page.locator("#judge-comment").input_value() == "1 is clearer; q1?"
    press(page, "Digit4", *"ZXCV", "Enter")
    wait_for_another(page, first)
    assert place_of(page) == second
    assert page.locator("[name=verdict][value=left_much]").is_checked()
    press(page, "Digit0", *ALL_SAME, *NOTHING_WRONG, "Enter")
    wait_for_another(page, second)
    third = place_of(page)
    press(page, "KeyK", "Tab", "Space", "Tab", "Enter")  # skip, the first reason, no note
    wait_for_another(page, third)
    assert Skip.objects.get().reason == "unclear"
    one, changed, other = Judgment.objects.order_by("pk")
    assert (one.verdict, one.comment) == ("a" if one.a_on_left else "b", "1 is clearer; q1?")
    assert (changed.verdict, changed.supersedes) == ("b" if one.a_on_left else "a", one)
    assert (other.verdict, other.comment) == ("both_bad", "")
    assert set(one.ratings.values_list("preference", flat=True)) >= {1 if one.a_on_left else -1}


def test_scales_by_keys_and_questions_that_depend_on_others_in_any_order(
    cast: Cast, page_as: PageAs, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SETS, "own", read_set(OWN, known=["relevance", "grammar"]))
    many = make_evaluation(cast.researcher, assessors=[cast.assessor], images=3, overlap=1, criteria="own")
    page = judging(page_as, cast, many, viewport=LAPTOP)
    press(page, "?")
    page.get_by_role("button", name="Digit 4: 4").click()
    press(page, "KeyQ", "Escape")  # a verdict keeps its 4
    for picture in page.locator("image-zoom").all():  # never all on the screen at once
        picture.scroll_into_view_if_needed()
        page.wait_for_timeout(600)
    for _ in range(4):  # four orders of the criteria
        place = place_of(page)
        press(page, "Digit4", "Digit3", "Semicolon", "KeyQ", "Semicolon", "Digit0")
        assert page.locator("[name=verdict][value=tie]").is_checked()
        assert page.locator("[name=tone_2][value='10']").is_checked()
        page.locator(".segment:has([name=relevance][value=right])").click()
        page.locator(".segment:has([name=grammar][value=same])").click()
        press(page, "Enter")
        page.wait_for_function("old => document.querySelector('[name=assignment]')?.value !== old", arg=place)
    page.wait_for_function("() => !document.querySelector('judgment-outbox').waiting")
    first = Judgment.objects.order_by("pk")[0]
    assert not first.is_unseen
    tone = first.ratings.get(criterion__key="tone")
    assert {tone.value_a, tone.value_b} == {4, 10}


def test_a_comparison_that_others_held_comes_to_a_page_that_is_looked_at(
    cast: Cast, page_as: PageAs, transactional_db: None
) -> None:
    people = [cast.assessor, cast.admin]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=1, overlap=1)
    held = claim_comparison(assessor=cast.admin, evaluation=evaluation, now=timezone.now())
    assert held is not None
    page = page_as(cast.assessor)
    page.clock.install()
    page.goto(f"/evaluations/judge/{evaluation.public_id}/")
    page.get_by_role("link", name="To my work").focus()
    page.wait_for_function("() => window.htmx && customElements.get('judge-sheet')")
    with page.expect_response("**/?waits") as looked:
        page.clock.fast_forward(21_000)
    assert looked.value.status == 204
    assert page.evaluate("document.activeElement.textContent") == "To my work"
    free_lease(actor=cast.researcher, assignment=held)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.fast_forward(21_000)
    page.wait_for_timeout(100)
    assert not Assignment.objects.exclude(assessor=None).exists()
    page.evaluate("delete document.hidden")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#judge-form").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("#judge-said").inner_text() == "Here is the next comparison."


def test_a_reload_keeps_the_draft_and_hot_keys_can_be_moved_and_switched_off(
    cast: Cast, evaluation: Evaluation, page_as: PageAs
) -> None:
    page = judging(page_as, cast, evaluation)
    press(page, "?")
    page.get_by_role("button", name="Comment: M").click()
    press(page, "KeyQ", "Escape", "Digit5", "KeyM", "KeyQ")  # M and Q have changed places
    page.keyboard.type("Half a thought")
    page.reload()
    assert page.locator("[name=verdict][value=right_much]").is_checked()
    assert page.locator("[name=grammar][value=left]").is_checked()
    assert page.locator("#judge-comment").input_value() == "Half a thought"
    assert page.locator("label:has([name=grammar][value=left]) kbd").inner_text() == "M"
    press(page, "?")
    page.get_by_label("Use single keys").uncheck()
    press(page, "Escape", "Digit1")
    assert page.locator("[name=verdict][value=right_much]").is_checked()


def test_what_is_needed_fits_a_laptop_and_stacks_where_it_is_narrow(
    cast: Cast, evaluation: Evaluation, page_as: PageAs
) -> None:
    page = judging(page_as, cast, evaluation, viewport=LAPTOP)
    for part in ("image-zoom", "#answer-1", "#answer-2", ".question--verdict"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= LAPTOP["height"], part
    press(page, "BracketRight")
    assert "Answer 1: 1, answer 2: 1" in page.locator("[data-differences]").inner_text()
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    first, second = (page.locator(f"#answer-{number}").bounding_box() for number in (1, 2))
    assert first is not None
    assert second is not None
    assert second["y"] >= first["y"] + first["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('main :is(button, .segment, summary, textarea)')]"
        ".filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"
    )
    assert small == []


def test_a_day_by_touch_on_a_phone(cast: Cast, page_as: PageAs, transactional_db: None) -> None:
    make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, images=1, criteria="standard")
    page = page_as(cast.assessor, **PHONE)
    page.goto("/evaluations/judge/")
    page.get_by_role("link", name="Start judging").tap()
    wait_for_keys(page)
    place, fingers = place_of(page), page.context.new_cdp_session(page)
    x, y = middle(page, ".zoom__view")
    fingers.send("Input.synthesizePinchGesture", {"x": x, "y": y, "scaleFactor": 2})
    assert page.locator("[data-scale]").inner_text() != "100%"
    assert page.evaluate("visualViewport.scale") == 1
    x, y = middle(page, "#answer-1")
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x + 120, "y": y}]})
    for moved in range(0, 280, 20):
        fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 120 - moved, "y": y}]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.locator(".answers__switch [aria-current]", has_text="Answer 2").wait_for()
    page.get_by_role("link", name="Answer 1").tap()
    page.locator(".answers__switch [aria-current]", has_text="Answer 1").wait_for()
    for choice in page.locator("#judge-form .segment:has(:is([value=tie], [value=same], [value=none]))").all():
        choice.tap()
    page.get_by_role("button", name="Mark words in answer 1").tap()
    page.get_by_role("button", name="Next word").tap()
    page.get_by_label("Object").tap()
    page.get_by_role("button", name="Save the mark").tap()
    page.get_by_role("button", name="Save, next").tap()
    wait_for_another(page, place)
    page.get_by_role("link", name="Change the last one").tap()
    page.get_by_role("heading", name="Change your judgment").wait_for()
    page.locator(".segment:has([value=both_bad])").tap()
    page.get_by_role("button", name="Save the change").tap()
    wait_for_another(page, place)
    second = place_of(page)
    page.get_by_text("Skip this comparison").tap()
    page.get_by_label("The content is upsetting").tap()
    page.get_by_role("button", name="Skip it").tap()
    wait_for_another(page, second)
    assert [item.verdict for item in Judgment.objects.order_by("pk")] == ["tie", "both_bad"]
    assert {(mark.kind, mark.quote) for mark in Mark.objects.all()} <= {("object", f"t{n}") for n in range(3)}
    assert (Mark.objects.count(), Skip.objects.get().reason) == (2, "upsetting")


def test_long_answers_scroll_together_and_a_long_pause_is_no_work(
    cast: Cast, page_as: PageAs, transactional_db: None
) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=1, images=2, tail="word " * 900)
    page = page_as(cast.assessor, viewport=LAPTOP)
    page.clock.install()
    open_sheet(page, evaluation)
    page.get_by_label("Zoom and move all pictures").check()
    page.locator(".zoom__view").first.click()
    page.mouse.wheel(0, -100)
    page.wait_for_function("() => document.querySelector('[data-scale]').textContent !== '100%'")
    assert len(set(page.locator("[data-scale]").all_inner_texts())) == 1
    press(page, "BracketLeft")
    page.locator("#answer-1").evaluate("answer => answer.scrollTop = answer.scrollHeight / 3")
    page.wait_for_function("() => document.querySelector('#answer-2').scrollTop > 50")
    page.wait_for_function("() => document.querySelector('[name=active_ms]').value")
    page.clock.fast_forward("29:00")
    page.get_by_text("will soon be given to someone else").wait_for()
    assert int(page.locator("[name=active_ms]").input_value()) < 60_000
    assert "answer" not in page.locator("[name=seen]").input_value()
    page.get_by_role("button", name="I am still working on it").click()
    page.locator("lease-keeper").wait_for(state="hidden")
    page.locator("#answer-1").evaluate("answer => answer.scrollTop = answer.scrollHeight")
    page.wait_for_function("() => document.querySelector('[name=seen]').value.includes('answer-1 answer-2')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_use_passes_axe(cast: Cast, evaluation: Evaluation, page_as: PageAs, scheme: str) -> None:
    page = judging(page_as, cast, evaluation, color_scheme=scheme, viewport=LAPTOP)
    press(page, "Digit1", "KeyQ")
    page.get_by_text("Guidelines").click()
    page.get_by_text("Skip this comparison").click()
    for _ in range(2):
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        press(page, "?")


def judging(page_as: PageAs, cast: Cast, evaluation: Evaluation, **context: object) -> Page:
    page = page_as(cast.assessor, **context)
    open_sheet(page, evaluation)
    return page


def open_sheet(page: Page, evaluation: Evaluation) -> None:
    page.goto(f"/evaluations/judge/{evaluation.public_id}/")
    wait_for_keys(page)


def wait_for_next(page: Page) -> None:
    """Until the comparison after this one is at hand."""
    page.wait_for_function("() => document.querySelector('judge-sheet').next")


def wait_for_keys(page: Page) -> None:
    """A key pressed before the page's elements are there is lost."""
    page.locator("#judge-form").wait_for()
    names = ["judge-sheet", "hot-keys", "mark-desk", "judge-criteria", "form-draft", "image-zoom"]
    page.wait_for_function("names => names.every((name) => customElements.get(name))", arg=names)


def middle(page: Page, selector: str) -> tuple[float, float]:
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(f"Key{key}" if len(key) == 1 and key.isupper() else key)


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab never reached {selector}")


def wait_for_another(page: Page, old: str) -> None:
    """Until the judgment is saved and another comparison is on the screen."""
    page.wait_for_function(
        "old => document.querySelector('#judge-form [name=assignment]').value !== old"
        " && !document.querySelector('judgment-outbox').waiting",
        arg=old,
    )


def place_of(page: Page) -> str:
    return page.locator("#judge-form [name=assignment]").input_value()
