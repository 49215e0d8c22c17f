"""What goes wrong between the page and the server: a lost network, refusals, failures, an ended session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from apps.assessment.domain.criteria_yaml import read_set
from apps.assessment.domain.sets import SETS
from apps.assessment.models import Judgment
from apps.assessment.services import change_assessors
from apps.assessment.tests.makers import make_evaluation
from tests.browser.test_assessor_day import (
    ALL_SAME,
    FIRST_BETTER,
    NOTHING_WRONG,
    OWN,
    judging,
    open_sheet,
    place_of,
    press,
    wait_for_another,
    wait_for_keys,
    wait_for_next,
)

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from apps.assessment.models import Evaluation
    from conftest import Cast
    from tests.browser.conftest import Console, PageAs


@pytest.fixture
def evaluation(transactional_db: None, cast: Cast) -> Evaluation:
    return make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=4, images=1)


def test_with_the_network_gone_nothing_is_lost_and_it_counts_once_when_it_returns(
    cast: Cast, evaluation: Evaluation, page_as: PageAs, console: Console
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|htmx:sendError|htmx:afterRequest")
    page = page_as(cast.assessor)
    page.route("**/ahead/", lambda route: route.abort())
    open_sheet(page, evaluation)
    first = place_of(page)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG)
    page.context.set_offline(True)
    press(page, "Enter")
    page.get_by_text("Your judgment stays here").wait_for()
    assert page.locator("[name=verdict][value=tie]").is_checked()
    page.context.set_offline(False)
    wait_for_another(page, first)
    assert [item.verdict for item in Judgment.objects.all()] == ["tie"]


def test_the_next_one_is_there_at_once_and_two_wait_for_the_network_in_turn(
    cast: Cast, evaluation: Evaluation, page_as: PageAs, console: Console
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED")
    page = judging(page_as, cast, evaluation)
    first = place_of(page)
    wait_for_next(page)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG)
    page.context.set_offline(True)
    press(page, "Enter")
    page.get_by_text("The judgment before is not saved yet").wait_for()
    second = place_of(page)
    assert (second != first, page.evaluate("document.activeElement.tagName")) == (True, "H1")
    assert page.locator("image-zoom img").evaluate("image => image.complete && image.naturalWidth > 0")
    press(page, "Digit2", *FIRST_BETTER, *NOTHING_WRONG, "Enter")
    page.get_by_text("Your judgment stays here").wait_for()
    assert not Judgment.objects.exists()
    page.context.set_offline(False)
    wait_for_another(page, second)
    page.locator("judgment-outbox").wait_for(state="hidden")
    assert page.locator("#judge-said").inner_text() == "Saved. Here is the next comparison."
    one, other = Judgment.objects.order_by("pk")
    assert (one.verdict, other.verdict) == ("tie", "a" if other.a_on_left else "b")
    kept = "olds => Object.keys(localStorage).filter((key) => olds.some((old) => key.includes(old)))"
    assert page.evaluate(kept, [first, second]) == []
    press(page, "KeyU")
    page.get_by_role("heading", name="Change your judgment").wait_for()
    assert page.locator("[name=verdict][value=left]").is_checked()


def test_a_judgment_the_server_finds_incomplete_comes_back_with_what_is_missing(
    cast: Cast, page_as: PageAs, transactional_db: None, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.expect("422")
    monkeypatch.setitem(SETS, "own", read_set(OWN, known=["relevance", "grammar"]))
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], criteria="own")
    page = judging(page_as, cast, evaluation)
    first = place_of(page)
    wait_for_next(page)
    press(page, "Digit3", "Semicolon", "Digit4", "Semicolon", "Digit0", "KeyM")  # relevance is asked of a tie, too
    page.keyboard.type("Kept")
    press(page, "Control+Enter")
    page.get_by_text("Not saved: something is missing").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "ERROR-SUMMARY"
    assert (place_of(page), page.locator("#judge-comment").input_value()) == (first, "Kept")
    page.locator(".segment:has([name=relevance][value=same])").click()
    press(page, "Enter")
    wait_for_another(page, first)
    assert [item.comment for item in Judgment.objects.all()] == ["Kept"]


def test_a_refusal_holds_up_nothing_and_an_ended_session_leads_to_sign_in(
    cast: Cast, page_as: PageAs, transactional_db: None, console: Console
) -> None:
    console.expect("400")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=4)
    page = judging(page_as, cast, evaluation)
    held: list[Route] = []
    page.evaluate("() => { window.said = document.querySelector('#judge-said') }")
    wait_for_next(page)
    page.route(f"**/judge/{evaluation.public_id}/", lambda route: held.append(route), times=1)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG, "Enter")
    second = place_of(page)
    press(page, "Digit2", *FIRST_BETTER, *NOTHING_WRONG, "Enter")  # waits its turn
    held[0].fulfill(status=400)
    wait_for_another(page, second)  # the first, which goes again by itself
    page.wait_for_function("() => document.querySelector('.sheet__count')?.textContent.startsWith('2 done')")
    page.locator("judgment-outbox").wait_for(state="hidden")
    assert page.evaluate("window.said?.isConnected")  # the page stays, and what readers listen to
    assert [item.verdict == "tie" for item in Judgment.objects.order_by("pk")] == [False, True]
    wait_for_next(page)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG, "Enter")
    page.wait_for_url("**/sign-in/**")  # and no window asks whether to leave


def test_a_judgment_the_server_always_fails_at_holds_up_no_other_and_is_never_lost(
    cast: Cast, evaluation: Evaluation, page_as: PageAs, console: Console
) -> None:
    console.expect("500|Response Status Error")
    page = judging(page_as, cast, evaluation)
    first = place_of(page)
    fails = f"**/judge/{evaluation.public_id}/"
    page.route(fails, lambda route: route.fulfill(status=500) if first in posted(route) else route.continue_())
    wait_for_next(page)
    press(page, "Digit5", *ALL_SAME, *NOTHING_WRONG, "Enter")
    page.get_by_text("The judgment before is not saved yet").wait_for()
    second = place_of(page)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG, "Enter")  # waits its turn
    page.evaluate("dispatchEvent(new Event('online'))")  # tried once more
    page.wait_for_function("old => document.querySelector('[name=assignment]').value === old", arg=first)
    page.get_by_text("the server fails on this judgment").wait_for()
    assert [item.verdict for item in Judgment.objects.all()] == ["tie"]  # the second went through
    assert page.locator("[name=verdict][value=right_much]").is_checked()  # and the first is as it was said
    wait_for_next(page)
    press(page, "Enter")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("kept in this browser").wait_for()
    assert place_of(page) not in (first, second)
    page.unroute(fails)
    page.get_by_role("button", name="Send it again now").click()
    page.locator("judgment-outbox").wait_for(state="hidden")
    page.get_by_text("2 done").wait_for()
    assert {item.verdict for item in Judgment.objects.all()} & {"a_much", "b_much"}


@pytest.mark.parametrize("at_hand", [True, False])
def test_what_the_server_refuses_is_said_and_the_draft_stays_until_it_is_saved(
    cast: Cast, evaluation: Evaluation, page_as: PageAs, console: Console, at_hand: bool
) -> None:
    console.expect("40[34]|Response Status Error|ERR_FAILED")
    page = page_as(cast.assessor)
    if not at_hand:
        page.route("**/ahead/", lambda route: route.abort())
    open_sheet(page, evaluation)
    if at_hand:
        wait_for_next(page)
    first = place_of(page)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG)
    spoil = "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(field => field.value = 'x'.repeat(64))"
    page.evaluate(spoil)
    press(page, "Enter")
    page.get_by_text("Reload the page; what you chose is kept").wait_for()
    page.evaluate(spoil)
    page.get_by_text("Skip this comparison").click()
    page.get_by_label("The content is upsetting").check()
    page.get_by_role("button", name="Skip it").click()
    page.get_by_text("Not skipped: the server refused it").wait_for()
    page.reload()
    wait_for_keys(page)
    if not at_hand:  # otherwise it is sent again by itself
        assert place_of(page) == first
        assert page.locator("[name=verdict][value=tie]").is_checked()
        press(page, "Enter")
    wait_for_another(page, first)
    assert page.evaluate("old => Object.keys(localStorage).filter((key) => key.includes(old))", first) == []
    change_assessors(actor=cast.researcher, evaluation=evaluation, assessors=[cast.admin])
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG, "Enter")
    page.get_by_text("You no longer judge in this evaluation").wait_for()


def test_a_skip_without_network_is_not_silent(
    cast: Cast, evaluation: Evaluation, page_as: PageAs, console: Console
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest")
    page = judging(page_as, cast, evaluation)
    page.get_by_text("Skip this comparison").click()
    page.get_by_label("The content is upsetting").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Skip it").click()
    page.get_by_text("Not skipped: the server can’t be reached").wait_for()


def posted(route: Route) -> str:
    return route.request.post_data or ""
