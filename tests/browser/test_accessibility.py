"""axe on every page, in English and light, in Russian and dark: colours change no words, words no colours. And no page
scrolls sideways on a narrow phone in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from apps.reports.services import freeze_ranking
from tests.access_table import ROWS, expected
from tests.test_urls_by_role import address_of
from tests.world import make_world

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from conftest import Cast
    from tests.browser.conftest import Console, PageAs
    from tests.world import World

LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("en-GB", "light"), ("ru-RU", "dark"))
ROLES = ("assessor", "researcher", "admin", "anonymous")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE = {"width": 1280, "height": 720}
NARROW = {"width": 320, "height": 640}
NO_PAGES = {"admin", "web:healthz", "web:readyz", "web:security_txt", "buckets:image", "buckets:thumbnail"}
NO_PAGES |= {
    "buckets:example",
    "assessment:payments",
    "benchmarks:export",
    "assessment:picture",
    "assessment:totals",
    "judges:judgments",
    "reports:export",
    "reports:export_preferences",
    "reports:raw",
    "training:picture",
}


def pages_by_role() -> dict[str, str]:
    """Every page that somebody gets, with a role that gets it. Left out: Django's own admin, and what is no HTML."""
    found: dict[str, str] = {}
    for method, name in ROWS:
        if method == "GET" and not NO_PAGES & {name, name.partition(":")[0]}:
            allowed = [role for role in ROLES if expected(method, name)[role] == "200"]
            found |= {name: allowed[0]} if allowed else {}
    return found


PAGES = pages_by_role()


def more_pages(room: str, cast: Cast, world: World) -> list[tuple[str, str, str]]:
    """Pages that share their address's name with another: what it is, its address, a role that gets it."""
    if room != "reports":
        return []
    ranking = freeze_ranking(actor=cast.researcher, bucket=world.bucket)
    frozen = reverse("reports:detail", args=[ranking.public_id])
    return [("a ranking", frozen, "researcher"), ("a dead link", reverse("reports:shared", args=["x"]), "anonymous")]


@pytest.mark.parametrize("room", sorted({name.partition(":")[0] for name in PAGES}))
def test_pages_are_accessible(room: str, cast: Cast, page_as: PageAs, console: Console) -> None:
    console.expect(r"404 \(Not Found\).*/reports/shared/")
    world, wrong = make_world(cast), []
    pages: dict[tuple[str, str], Page] = {}
    listed = [(name, address_of(name, world), PAGES[name]) for name in PAGES if name.startswith(f"{room}:")]
    listed += more_pages(room, cast, world)
    for language, colours in LOOKS:
        for name, address, role in listed:
            seat = role, language
            if seat not in pages:
                pages[seat] = page_as(
                    getattr(cast, role, None), locale=language, color_scheme=colours, reduced_motion="reduce"
                )
            pages[seat].goto(address)
            wrong += [f"{name} {language} {colours} {fault}" for fault in faults(pages[seat])]
    assert wrong == []


def faults(page: Page) -> list[str]:
    """What axe finds wrong; all that passes stays in the browser."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.evaluate(Axe().axe_script)
    quick = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}  # styles serve experimental rules alone
    found = page.evaluate("options => axe.run(options)", {**RULES, **quick})
    wrong = [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return wrong + ([f"scrolls sideways: {width} px"] if width > NARROW["width"] else [])
