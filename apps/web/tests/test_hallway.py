from django.test import Client
from django.test.client import RequestFactory
from django.views.defaults import server_error
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from conftest import Cast


def test_being_alive_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_being_ready_needs_both_servers(client: Client, db: None, settings: Settings) -> None:
    answer = client.get("/readyz")
    assert answer.json()["database"] is True
    assert answer.status_code == (200 if answer.json()["broker"] else 503)


def test_the_500_page_comes_up_without_a_database(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.block():
        page = server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert b"Something broke on our side" in page.content


def test_error_pages_are_ours(client: Client, cast: Cast) -> None:
    assert b"There is no such page" in client.get("/nowhere/").content
    client.force_login(cast.assessor)
    assert b"not for your role" in client.get("/style/").content
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/accounts/sign-in/", {"email": "x@example.org", "password": "x"})
    assert refused.status_code == 403
    assert b"The form is too old" in refused.content


def test_every_answer_carries_the_strict_headers(client: Client, db: None) -> None:
    headers = client.get("/accounts/sign-in/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]


def test_security_txt_names_whom_the_operator_chose(client: Client, settings: Settings) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    assert b"Contact: mailto:security@example.org\nExpires: " in client.get("/.well-known/security.txt").content
