"""kill -9 of the web server in the middle of a submit: nothing is lost, and nothing is counted twice."""

from __future__ import annotations

import multiprocessing
import socket
import time
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.db import connection, connections, transaction

from apps.assessment.models import Evaluation, Judgment
from apps.assessment.tests.makers import make_evaluation
from tests.browser.test_assessor_day import ALL_SAME, NOTHING_WRONG, place_of, press, wait_for_another, wait_for_next

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess

    from playwright.sync_api import Page, Route

    from conftest import Cast
    from tests.browser.conftest import Console, PageAs


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class Server:
    """A web server in a process of its own, to be killed and started again at the same port."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.process: BaseProcess | None = None

    def start(self) -> None:
        connections.close_all()  # a connection must not be shared with the child
        self.process = multiprocessing.get_context("fork").Process(target=self.serve, daemon=True)
        self.process.start()

    def serve(self) -> None:
        server = ThreadedWSGIServer(("localhost", self.port), Silent)
        server.set_app(StaticFilesHandler(get_internal_wsgi_application()))
        server.serve_forever()

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.kill()


@pytest.mark.parametrize("at_hand", [True, False])
def test_a_server_killed_while_it_saves_loses_and_doubles_nothing(
    transactional_db: None, cast: Cast, server: Server, page_as: PageAs, console: Console, at_hand: bool
) -> None:
    console.expect("ERR_|htmx:sendError|htmx:afterRequest")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3)
    page = page_as(cast.assessor, base_url=server.url)
    server.start()
    wait_until_served(server)
    if not at_hand:
        page.route("**/ahead/", lambda route: route.abort())
    come_back(page, evaluation)
    first = place_of(page)
    if at_hand:
        wait_for_next(page)
    press(page, "Digit3", *ALL_SAME, *NOTHING_WRONG)
    kill_before_commit(page, server, evaluation, cast)
    page.get_by_text("before is not saved yet" if at_hand else "Your judgment stays here").wait_for()
    assert not Judgment.objects.exists()

    def kill_after_commit(route: Route) -> None:
        route.fetch()
        server.kill()
        route.abort()

    server.start()
    wait_until_served(server)
    page.route("**/judge/**", kill_after_commit, times=1)
    with page.expect_event("requestfailed"):
        page.evaluate("dispatchEvent(new Event('online'))")
    assert Judgment.objects.count() == 1
    assert (place_of(page) == first) is not at_hand
    server.start()
    wait_until_served(server)
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_for_another(page, first)
    assert [item.verdict for item in Judgment.objects.all()] == ["tie"]


def kill_before_commit(page: Page, server: Server, evaluation: Evaluation, cast: Cast) -> None:
    """The server waits for a row that we hold, inside its transaction, when it is killed."""
    members = Evaluation.assessors.through.objects.filter(evaluation=evaluation, user=cast.assessor)
    with transaction.atomic():
        assert len(members.select_for_update()) == 1
        press(page, "Enter")
        wait_for_a_lock(page)
        server.kill()


def wait_for_a_lock(page: Page) -> None:
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        page.wait_for_timeout(50)
    pytest.fail("the server never came to the row")


def wait_until_served(server: Server) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("localhost", server.port)) == 0:
                return
        time.sleep(0.05)


def come_back(page: Page, evaluation: Evaluation) -> None:
    wait = "() => ['judge-sheet', 'hot-keys', 'form-draft'].every(name => customElements.get(name))"
    page.goto(f"/evaluations/judge/{evaluation.public_id}/")
    page.wait_for_function(wait)
