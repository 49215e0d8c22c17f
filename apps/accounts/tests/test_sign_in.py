import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.services import deactivate_person, reactivate_person
from apps.accounts.tests.makers import PASSWORD, make_user
from apps.audit.models import AuditEvent
from conftest import Cast

SIGN_IN = "/accounts/sign-in/"


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_the_case_of_the_e_mail_does_not_matter_and_it_is_audited(client: Client, cast: Cast) -> None:
    answer = client.post(SIGN_IN, {"email": "Researcher@EXAMPLE.org", "password": PASSWORD, "next": "/style/"})
    assert answer.headers["Location"] == "/style/"
    client.post("/accounts/sign-out/")
    assert client.get("/style/").status_code == 302
    assert verbs() == ["session.started", "session.ended"]


def test_letters_that_only_look_alike_are_other_letters(client: Client, cast: Cast) -> None:
    """`upper()` makes one letter of “i” and the dotless “ı”, `lower()` does not."""
    assert client.post(SIGN_IN, {"email": "adm\u0131n@example.org", "password": PASSWORD}).status_code == 422
    make_user("adm\u0131n@example.org")
    assert client.post(SIGN_IN, {"email": " Admin@example.org", "password": PASSWORD}).status_code == 302
    assert client.session["_auth_user_id"] == str(cast.admin.pk)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_a_foreign_site(client: Client, cast: Cast, address: str) -> None:
    answer = client.post(SIGN_IN, {"email": "researcher@example.org", "password": PASSWORD, "next": address})
    assert answer.headers["Location"] == "/"


def test_the_refusal_does_not_tell_who_has_an_account(client: Client, cast: Cast) -> None:
    deactivate_person(actor=cast.admin, person=cast.outsider, now=timezone.now())
    pages = [
        client.post(SIGN_IN, {"email": email, "password": password}).content.replace(email.encode(), b"")
        for email, password in [
            ("nobody@example.org", PASSWORD),
            ("researcher@example.org", "wrong"),
            ("outsider@example.org", PASSWORD),
        ]
    ]
    without_token = [page.split(b"csrfmiddlewaretoken") for page in pages]
    assert all(b"do not belong together" in page for page in pages)
    assert len({len(parts) for parts in without_token}) == 1
    assert len({parts[-1].split(b">", 1)[1] for parts in without_token}) == 1


def test_guessing_locks_the_account_and_says_for_how_long(client: Client, cast: Cast) -> None:
    for _ in range(10):
        assert client.post(SIGN_IN, {"email": "researcher@example.org", "password": "guess"}).status_code == 422
    refused = client.post(SIGN_IN, {"email": "RESEARCHER@example.org", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert b"Try again in" in refused.content
    assert client.post(SIGN_IN, {"email": "assessor@example.org", "password": PASSWORD}).status_code == 302


def test_guessing_from_one_address_is_stopped_whatever_the_account(client: Client, cast: Cast) -> None:
    codes = [client.post(SIGN_IN, {"email": f"p{i}@example.org", "password": "x"}).status_code for i in range(31)]
    assert codes == [422] * 30 + [429]
    answer = client.post(SIGN_IN, {"email": "researcher@example.org", "password": PASSWORD}, REMOTE_ADDR="9.9.9.9")
    assert answer.status_code == 302


def test_signing_in_often_locks_nobody_out(cast: Cast) -> None:
    for _ in range(12):
        answer = Client().post(SIGN_IN, {"email": "researcher@example.org", "password": PASSWORD})
        assert answer.status_code == 302


def test_the_session_key_rotates(client: Client, cast: Cast) -> None:
    client.get("/")
    client.force_login(cast.assessor)
    before = client.session.session_key
    client.post("/accounts/sign-out/")
    client.post(SIGN_IN, {"email": "assessor@example.org", "password": PASSWORD})
    assert client.session.session_key != before


def test_deactivation_ends_sessions_for_good(client: Client, cast: Cast) -> None:
    client.force_login(cast.researcher)
    assert client.get("/accounts/profile/").status_code == 200
    deactivate_person(actor=cast.admin, person=cast.researcher, now=timezone.now())
    assert client.get("/accounts/profile/").status_code == 302
    reactivate_person(actor=cast.admin, person=cast.researcher)
    assert client.get("/accounts/profile/").status_code == 302


def test_htmx_gets_the_whole_page_sent_to_sign_in(client: Client, db: None) -> None:
    for here, sent_to in (
        ("", SIGN_IN),
        ("http://testserver/evaluations/judge/?x=1", SIGN_IN + "?next=/evaluations/judge/%3Fx%3D1"),
        ("http://elsewhere.example/evaluations/judge/", SIGN_IN),
    ):
        answer = client.get("/accounts/profile/", headers={"HX-Request": "true", "HX-Current-URL": here})
        assert answer.headers["HX-Redirect"] == sent_to
