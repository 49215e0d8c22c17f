import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from apps.accounts.errors import NoPasswordLink, PasswordLinkGone
from apps.accounts.models import User
from apps.accounts.services import (
    deactivate_person,
    follow_password_link,
    make_password_link,
    reactivate_person,
)
from apps.accounts.tests.makers import PASSWORD, make_user
from apps.audit.models import AuditEvent
from conftest import Cast

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = "a long enough passphrase"


def link_for(cast: Cast, person: User) -> str:
    return make_password_link(actor=cast.admin, person=person, now=NOW)


def follow(person: User, token: str, *, password: str = GOOD, now: datetime = NOW) -> User:
    return follow_password_link(person=person.public_id, token=token, password=password, now=now)


def shown_link(client: Client, person: User) -> str:
    page = client.post(f"/accounts/people/{person.public_id}/password-link/").content.decode()
    return page.split('readonly value="')[1].split('"')[0]


def test_only_admins_make_links_and_for_other_active_people(cast: Cast) -> None:
    program = make_user("program@example.org", simulated=True)
    deactivate_person(actor=cast.admin, person=cast.outsider, now=NOW)
    cast.outsider.refresh_from_db()
    assert link_for(cast, cast.assessor)
    assert link_for(cast, make_user("second@example.org", role="admin"))
    for person in [cast.admin, program, cast.outsider]:
        with pytest.raises(NoPasswordLink):
            link_for(cast, person)
    for actor in [cast.researcher, cast.assessor]:
        with pytest.raises(PermissionDenied):
            make_password_link(actor=actor, person=cast.outsider, now=NOW)


def test_a_link_works_once_and_is_audited_without_its_token(cast: Cast) -> None:
    token = link_for(cast, cast.assessor)
    with pytest.raises(ValidationError):
        follow(cast.assessor, token, password="short")
    assert follow(cast.assessor, token).check_password(GOOD)
    with pytest.raises(PasswordLinkGone):
        follow(cast.assessor, token)
    events = AuditEvent.objects.order_by("pk").values_list("verb", "actor", "target_id", "facts")
    whom = str(cast.assessor.public_id)
    assert list(events) == [
        ("password_link.made", cast.admin.pk, whom, {}),
        ("password.changed", cast.assessor.pk, whom, {}),
    ]


def test_a_link_runs_out_after_24_hours(cast: Cast) -> None:
    token = link_for(cast, cast.assessor)
    with pytest.raises(PasswordLinkGone):
        follow(cast.assessor, token, now=NOW + timedelta(hours=24, seconds=1))
    follow(cast.assessor, token, now=NOW + timedelta(hours=24))


def test_a_link_opens_the_account_it_was_made_for_alone(cast: Cast) -> None:
    token = link_for(cast, cast.assessor)
    for person, tried in [(cast.researcher, token), (cast.assessor, token[:-1]), (cast.assessor, "nonsense")]:
        with pytest.raises(PasswordLinkGone):
            follow(person, tried)


def test_signing_in_makes_a_link_worthless(client: Client, cast: Cast) -> None:
    token = link_for(cast, cast.assessor)
    client.post("/accounts/sign-in/", {"email": cast.assessor.email, "password": PASSWORD})
    with pytest.raises(PasswordLinkGone):
        follow(cast.assessor, token)


def test_deactivation_ends_links_for_good(cast: Cast) -> None:
    token = link_for(cast, cast.assessor)
    deactivate_person(actor=cast.admin, person=cast.assessor, now=NOW)
    with pytest.raises(PasswordLinkGone):
        follow(cast.assessor, token)
    reactivate_person(actor=cast.admin, person=cast.assessor)
    with pytest.raises(PasswordLinkGone):
        follow(cast.assessor, token)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_race_on_one_link_one_wins() -> None:
    person = make_user("person@example.org")
    token = make_password_link(actor=make_user("admin@example.org", role="admin"), person=person, now=NOW)

    def race(place: int) -> bool:
        try:
            follow(person, token, password=f"{GOOD} {place}")
        except PasswordLinkGone:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, range(4))) == [False, False, False, True]


def test_the_link_is_shown_once_and_leads_back_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    elsewhere, visitor = Client(), Client()
    elsewhere.force_login(cast.assessor)
    link = shown_link(client, cast.assessor)
    assert link not in client.get(f"/accounts/people/{cast.assessor.public_id}/").content.decode()
    assert b"assessor@example.org" in visitor.get(link).content
    weak = visitor.post(link, {"new": "short"})
    assert weak.status_code == 422
    assert b"too short" in weak.content
    assert elsewhere.get("/accounts/profile/").status_code == 200
    assert visitor.post(link, {"new": GOOD}).headers["Location"] == "/"
    assert visitor.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302


def test_every_refusal_is_the_same_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    used, deactivated = shown_link(client, cast.assessor), shown_link(client, cast.outsider)
    assert Client().post(used, {"new": GOOD}).status_code == 302
    deactivate_person(actor=cast.admin, person=cast.outsider, now=NOW)
    foreign = used.replace(str(cast.assessor.public_id), str(cast.researcher.public_id))
    unknown = used.replace(str(cast.assessor.public_id), str(uuid4()))
    pages = [Client().get(link) for link in [used, deactivated, foreign, unknown]]
    assert [page.status_code for page in pages] == [410] * 4
    assert all(b"no longer valid" in page.content for page in pages)
    assert Client().post(used, {"new": GOOD}).status_code == 410


def test_no_link_for_a_program_or_oneself(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    for person in [make_user("program@example.org", simulated=True), cast.admin]:
        answer = client.post(f"/accounts/people/{person.public_id}/password-link/", follow=True)
        assert b"not for yourself or a program" in answer.content
        assert b"password-link/" not in answer.content


def test_a_refused_password_leaves_no_token_in_the_log(
    client: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(cast.admin)
    link = shown_link(client, cast.assessor)
    Client().post(link, {"new": "short"})
    Client(enforce_csrf_checks=True).post(link, {"new": GOOD})
    logging.getLogger("gunicorn.access").warning('"%(r)s" %(s)s', {"r": f"GET {link} HTTP/1.1", "s": "200"})
    assert caplog.text.count(f"/password/{cast.assessor.public_id}/…") == 3
    assert link.split("/")[-2] not in caplog.text
