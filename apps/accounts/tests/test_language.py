"""The language of the pages is chosen in the footer, signed in or not."""

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from conftest import Cast


def test_a_stranger_chooses_a_language_in_a_cookie(client: Client, db: None) -> None:
    answer = client.post("/accounts/language/", {"language": "ru", "next": "/accounts/sign-in/"})
    assert answer.headers["Location"] == "/accounts/sign-in/"
    assert client.get("/accounts/sign-in/").headers["Content-Language"] == "ru"


def test_a_person_keeps_the_language_on_every_device(client: Client, cast: Cast) -> None:
    client.force_login(cast.researcher)
    client.post("/accounts/language/", {"language": "ru"})
    elsewhere = Client()
    elsewhere.force_login(cast.researcher)
    assert elsewhere.get("/").headers["Content-Language"] == "ru"
    assert AuditEvent.objects.get(verb="language.chosen").facts == {"language": "ru"}


@pytest.mark.parametrize("language", ["xx", "", "../../etc"])
def test_an_unknown_language_changes_nothing(client: Client, db: None, language: str) -> None:
    assert (
        client.post("/accounts/language/", {"language": language, "next": "//evil.example"}).headers["Location"] == "/"
    )
    assert not client.cookies
