from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from apps.accounts.tests.makers import PASSWORD

if TYPE_CHECKING:
    from conftest import Cast
    from tests.browser.conftest import Console, PageAs


def test_a_person_signs_in_by_keyboard_and_out_again(page_as: PageAs, cast: Cast) -> None:
    page = page_as(None)
    page.goto("/accounts/sign-in/")
    page.get_by_label("E-mail").fill(cast.researcher.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/accounts/profile/")
    expect(page.get_by_text(cast.researcher.email).first).to_be_attached()


def test_a_wrong_password_is_refused_in_the_persons_language(page_as: PageAs, cast: Cast, console: Console) -> None:
    console.expect("status of 422")
    page = page_as(None, locale="ru", color_scheme="dark", viewport={"width": 375, "height": 800})
    page.goto("/accounts/sign-in/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    page.locator("input[type=email]").fill(cast.researcher.email)
    page.locator("input[type=password]").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=password]")).to_be_visible()
    page.goto("/accounts/profile/")
    expect(page.locator("input[type=password]")).to_be_visible()


def test_a_page_opened_for_a_user_is_signed_in(page_as: PageAs, cast: Cast) -> None:
    page = page_as(cast.assessor)
    page.goto("/accounts/profile/")
    expect(page).to_have_url("/accounts/profile/")
