from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.errors import EmailTaken, OwnAccount
from apps.accounts.models import Role, User
from apps.accounts.services import change_role, create_user, deactivate_person
from apps.accounts.tests.makers import PASSWORD, make_user
from apps.audit.models import AuditEvent
from conftest import Cast


def test_only_admins_change_roles_and_not_their_own(cast: Cast) -> None:
    now = timezone.now()
    with pytest.raises(PermissionDenied):
        change_role(actor=cast.researcher, person=cast.assessor, role="admin", now=now)
    with pytest.raises(OwnAccount):
        change_role(actor=cast.admin, person=cast.admin, role="assessor", now=now)
    change_role(actor=cast.admin, person=cast.assessor, role="researcher", now=now)
    cast.assessor.refresh_from_db()
    assert cast.assessor.role == Role.RESEARCHER
    assert AuditEvent.objects.get(verb="role.changed").facts == {"before": "assessor", "after": "researcher"}


def test_only_admins_deactivate(client: Client, cast: Cast) -> None:
    path = f"/accounts/people/{cast.assessor.public_id}/deactivate/"
    client.force_login(cast.researcher)
    assert client.post(path).status_code == 403
    client.force_login(cast.admin)
    assert client.post(path).status_code == 302
    cast.assessor.refresh_from_db()
    assert not cast.assessor.is_active


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_leave_one() -> None:
    first, second = make_user("a@example.org", role="admin"), make_user("b@example.org", role="admin")

    def demote(pair: tuple[User, User]) -> None:
        try:
            deactivate_person(actor=pair[0], person=pair[1], now=timezone.now())
        except PermissionDenied:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(demote, [(first, second), (second, first)]))
    assert User.objects.filter(is_active=True).count() == 1


def test_two_accounts_never_share_an_e_mail_whatever_its_case(cast: Cast) -> None:
    with pytest.raises(EmailTaken):
        create_user(actor=None, email="ADMIN@example.org", name="Me", role="assessor", password=PASSWORD)


def test_researchers_see_people_and_assessors_do_not(client: Client, cast: Cast) -> None:
    client.force_login(cast.assessor)
    assert client.get("/accounts/people/").status_code == 403
    client.force_login(cast.researcher)
    assert b"outsider@example.org" in client.get("/accounts/people/").content


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(client: Client, cast: Cast) -> None:
    elsewhere = Client()
    elsewhere.force_login(cast.assessor)
    client.force_login(cast.assessor)
    before = client.session.session_key
    wrong = client.post("/accounts/profile/password/", {"current": "no", "new": "another long passphrase"})
    assert b"This is not your current password." in wrong.content
    client.post("/accounts/profile/password/", {"current": PASSWORD, "new": "another long passphrase"})
    assert client.get("/accounts/profile/").status_code == 200
    assert client.session.session_key != before
    assert elsewhere.get("/accounts/profile/").status_code == 302


def test_the_profile_keeps_name_and_language(client: Client, cast: Cast) -> None:
    client.force_login(cast.assessor)
    client.post("/accounts/profile/", {"name": "Анна", "language": "ru"})
    assert client.get("/accounts/profile/").headers["Content-Language"] == "ru"
    cast.assessor.refresh_from_db()
    assert cast.assessor.name == "Анна"
    assert client.post("/accounts/profile/", {"name": "", "language": "xx"}).status_code == 422


def test_the_admin_site_is_for_admins_and_shares_our_door(client: Client, cast: Cast) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/sign-in/?next=/admin/")
    client.force_login(cast.researcher)
    assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(cast.admin)
    for path in ["/admin/", "/admin/accounts/user/", "/admin/audit/auditevent/"]:
        assert client.get(path).status_code == 200
    assert client.get("/admin/accounts/user/add/").status_code == 403
