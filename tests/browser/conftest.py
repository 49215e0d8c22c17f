"""Chromium on a live server: pages signed in by cookie, and a failure for whatever the console complains about."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.conf import settings
from django.test import Client

from sbs_platform.setup.system import NO_CHROMIUM, find_chromium

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
    from pytest_django.live_server_helper import LiveServer

    from apps.accounts.models import User

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's sync API runs a loop in the thread of the tests
RESULTS = Path(__file__).parents[2] / "test-results"
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
QUIET += ["--no-first-run", "--disable-quic", "--disable-dev-shm-usage"]
BUSY = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    chromium = find_chromium()
    if chromium is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": str(chromium), "args": [*QUIET, *as_root], "headless": True}


@dataclass
class Console:
    """Errors of the pages of one test. A test that provokes one on purpose says so with `expect`."""

    errors: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        self.expected.append(re.compile(pattern))

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [error for error in self.errors if not any(pattern.search(error) for pattern in self.expected)]


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    assert console.unexpected() == []


class PageAs(Protocol):
    def __call__(self, user: User | None, **context: Any) -> Page: ...


@pytest.fixture
def page_as(
    browser: Browser, live_server: LiveServer, console: Console, request: pytest.FixtureRequest
) -> Iterator[PageAs]:
    """A page of the live server (paths are relative to it), signed in as `user`, or as nobody.

    `context` goes to Playwright's new_context, such as locale="ru", color_scheme="dark", viewport={"width": 375, …}.
    """
    contexts: list[BrowserContext] = []

    def open_page(user: User | None, **context: Any) -> Page:
        contexts.append(browser.new_context(**{"base_url": live_server.url, "locale": "en-GB", **context}))
        if user is not None:
            contexts[-1].add_cookies([session_cookie(user, live_server.url)])
        contexts[-1].on("console", console.hear)
        contexts[-1].on("weberror", lambda error: console.errors.append(f"error: {error.error}"))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_page
    if request.node.stash.get(FAILED, False):
        keep_pictures(contexts, request.node.nodeid)
    for context in contexts:
        context.close()
    wait_for_server()


def wait_for_server() -> None:
    """Until the last requests are through: their locks and the emptying of tables would wait for each other."""
    from django.db import connection

    quiet, end = 0, time.monotonic() + 20
    while quiet < 3 and time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        time.sleep(0.03)


def session_cookie(user: User, url: str) -> Any:
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def keep_pictures(contexts: list[BrowserContext], name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    stem = re.sub(r"[^\w.-]+", "_", name)
    for number, page in enumerate(pages):
        page.screenshot(path=RESULTS / f"{stem}.{number}.png", full_page=True)
