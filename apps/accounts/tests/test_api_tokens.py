from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts.bearer import bearer
from apps.accounts.errors import NoApiToken, TokenNameTaken
from apps.accounts.models import ApiToken, User
from apps.accounts.services import change_password, change_role, deactivate_person, make_api_token, use_api_token
from apps.audit.models import AuditEvent
from conftest import Cast

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make(actor: User, name: str = "lmms-eval") -> str:
    return make_api_token(actor=actor, name=name, now=NOW)


def test_a_token_is_its_owner_s_for_ninety_days_and_kept_as_a_hash(cast: Cast) -> None:
    token = make(cast.researcher)
    assert use_api_token(token=token, now=NOW + timedelta(days=89)) == cast.researcher
    for other, at in [(token, 90), (token[:-1], 1), ("", 1)]:
        assert use_api_token(token=other, now=NOW + timedelta(days=at)) is None
    kept = [*ApiToken.objects.values_list("token_hash", flat=True), *map(str, AuditEvent.objects.values_list("facts"))]
    assert kept
    assert not any(token in text for text in kept)


def test_the_last_use_is_noted_to_a_minute(cast: Cast) -> None:
    token = make(cast.researcher)
    noted = []
    for seconds in (1, 30, 90):
        use_api_token(token=token, now=NOW + timedelta(seconds=seconds))
        last = ApiToken.objects.get().last_used_at
        assert last is not None
        noted.append((last - NOW).total_seconds())
    assert noted == [1, 1, 90]


def test_a_new_password_a_closed_account_and_a_lower_role_end_tokens(cast: Cast) -> None:
    tokens = [make(cast.researcher), make(cast.outsider), make(cast.admin)]
    assert all(use_api_token(token=token, now=NOW) for token in tokens)
    change_password(actor=cast.researcher, password="another long passphrase", now=NOW)
    change_role(actor=cast.admin, person=cast.outsider, role="assessor", now=NOW)
    other = User.objects.create_user("other@example.org", role="admin")
    deactivate_person(actor=other, person=cast.admin, now=NOW)
    assert [use_api_token(token=token, now=NOW) for token in tokens] == [None] * 3


def test_assessors_get_none_and_names_tell_tokens_apart(cast: Cast) -> None:
    with pytest.raises(NoApiToken):
        make(cast.assessor)
    make(cast.researcher)
    make(cast.outsider)
    with pytest.raises(TokenNameTaken):
        make(cast.researcher)


def test_the_page_shows_a_token_once_and_revokes_it(client: Client, cast: Cast, rf: RequestFactory) -> None:
    client.force_login(cast.researcher)
    page = reverse("accounts:api_tokens")
    made = client.post(page, {"name": "gpu2", "days": "7"})
    token = made.context["token"]
    assert token in made.text
    assert "no-store" in made.headers["Cache-Control"]
    assert token not in client.get(page).text
    request = rf.get("/", headers={"Authorization": f"Bearer {token}"})
    assert bearer(request) == cast.researcher
    again = client.post(page, {"name": "gpu2", "days": "7"})
    assert (again.status_code, "take another name" in again.text) == (422, True)
    client.post(reverse("accounts:revoke_api_token", args=[ApiToken.objects.get().public_id]))
    assert bearer(request) is None
    assert "Revoked" in client.get(page).text


def test_the_command_makes_lists_and_revokes(cast: Cast, rf: RequestFactory) -> None:
    def said(*arguments: str) -> str:
        call_command("api_token", cast.researcher.email, *arguments, stdout=(out := StringIO()))
        return out.getvalue().strip()

    token = said("--name", "gpu2", "--days", "1")
    assert bearer(rf.get("/", headers={"Authorization": f"Bearer {token}"})) == cast.researcher
    assert "gpu2: until" in said("--list")
    with pytest.raises(CommandError, match="--revoke"):
        said("--name", "gpu2")
    assert said("--revoke", "gpu2") == "Revoked gpu2."
    with pytest.raises(CommandError, match="--list"):
        said("--revoke", "gpu2")
