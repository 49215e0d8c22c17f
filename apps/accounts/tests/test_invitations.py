from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from apps.accounts.errors import EmailTaken, InvitationGone
from apps.accounts.models import Invitation, Role, User
from apps.accounts.services import accept_invitation, change_role, invite_person
from apps.accounts.tests.makers import make_user
from apps.audit.models import AuditEvent
from conftest import Cast

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = "a long enough passphrase"


def invite(actor: User, email: str = "new@example.org", role: str = "assessor") -> str:
    return invite_person(actor=actor, email=email, role=role, now=NOW)[1]


def accept(token: str, *, now: datetime = NOW) -> User:
    return accept_invitation(token=token, name="New", password=GOOD, now=now)


def test_researchers_invite_assessors_and_admins_anybody(cast: Cast) -> None:
    invite(cast.researcher)
    invite(cast.admin, "second@example.org", "admin")
    for actor, role in [(cast.researcher, "researcher"), (cast.researcher, "admin"), (cast.assessor, "assessor")]:
        with pytest.raises(PermissionDenied):
            invite(actor, "third@example.org", role)


def test_a_link_makes_one_account_of_the_invited_role(cast: Cast) -> None:
    token = invite(cast.researcher, "New@Example.org")
    user = accept(token)
    assert (user.email, user.role, user.check_password(GOOD)) == ("new@example.org", Role.ASSESSOR, True)
    with pytest.raises(InvitationGone):
        accept(token)


def test_the_token_is_kept_nowhere(cast: Cast) -> None:
    token = invite(cast.researcher)
    kept = [
        *Invitation.objects.values_list("token_hash", flat=True),
        *map(str, AuditEvent.objects.values_list("facts")),
    ]
    assert not any(token in text for text in kept)


def test_a_link_runs_out_after_seven_days(cast: Cast) -> None:
    with pytest.raises(InvitationGone):
        accept(invite(cast.researcher), now=NOW + timedelta(days=7))
    accept(invite(cast.researcher, "other@example.org"), now=NOW + timedelta(days=6, hours=23))


def test_a_second_link_withdraws_the_first(cast: Cast) -> None:
    first, second = invite(cast.researcher), invite(cast.researcher, "NEW@example.org")
    with pytest.raises(InvitationGone):
        accept(first)
    accept(second)


def test_a_researcher_does_not_end_the_invitation_of_another(cast: Cast) -> None:
    of_admin, of_researcher = invite(cast.admin, role="admin"), invite(cast.researcher)
    assert Invitation.objects.open(NOW).count() == 2
    invite(cast.admin)
    for token in (of_admin, of_researcher):
        with pytest.raises(InvitationGone):
            accept(token)
    withdrawn = AuditEvent.objects.filter(verb="invitation.withdrawn")
    assert [event.actor for event in withdrawn] == [cast.admin, cast.admin]


def test_who_has_an_account_is_not_invited(cast: Cast) -> None:
    with pytest.raises(EmailTaken):
        invite(cast.admin, "Assessor@example.org")


def test_an_account_made_meanwhile_leaves_nothing_half_done(cast: Cast) -> None:
    token = invite(cast.researcher)
    make_user("new@example.org")
    with pytest.raises(EmailTaken):
        accept(token)
    assert Invitation.objects.get().accepted_by is None


def test_a_weak_password_is_refused_and_the_link_still_works(cast: Cast) -> None:
    token = invite(cast.researcher)
    with pytest.raises(ValidationError):
        accept_invitation(token=token, name="New", password="short", now=NOW)
    accept(token)


def test_who_may_no_longer_invite_has_their_links_withdrawn(cast: Cast) -> None:
    token = invite(cast.researcher)
    change_role(actor=cast.admin, person=cast.researcher, role="assessor", now=NOW)
    with pytest.raises(InvitationGone):
        accept(token)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_race_on_one_link_one_wins() -> None:
    token = invite(make_user("admin@example.org", role="admin"))

    def race(_place: int) -> bool:
        try:
            accept(token)
        except InvitationGone:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, range(4))) == [False, False, False, True]
    assert User.objects.filter(email="new@example.org").count() == 1


def test_the_link_is_shown_once_and_leads_to_an_account(client: Client, cast: Cast) -> None:
    client.force_login(cast.researcher)
    page = client.post("/accounts/people/invite/", {"email": "new@example.org", "role": "assessor"}).content.decode()
    link = page.split('readonly value="')[1].split('"')[0]
    assert link.startswith("http://testserver/accounts/invitation/")
    assert link not in client.get("/accounts/people/").content.decode()
    visitor = Client()
    weak = visitor.post(link, {"name": "New", "password": "short"})
    assert weak.status_code == 422
    assert b"too short" in weak.content
    assert visitor.post(link, {"name": "New", "password": GOOD}).headers["Location"] == "/"
    assert visitor.get("/accounts/profile/").status_code == 200
    assert Client().get(link).status_code == 410
