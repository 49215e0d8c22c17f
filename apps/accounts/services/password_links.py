"""Links by which a person who forgot the password sets another. Nothing is stored: see `queries.PasswordTokens`."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.accounts.errors import NoPasswordLink
from apps.accounts.models import User
from apps.accounts.queries import PasswordTokens, person_of_password_link
from apps.accounts.services.people import change_password
from apps.audit.services import record


@transaction.atomic
def make_password_link(*, actor: User, person: User, now: datetime) -> str:
    """The token, which is kept nowhere.

    Raises PermissionDenied unless `actor` is an admin, and NoPasswordLink for themselves (the profile asks for the
    current password), for a deactivated person and for a program.
    """
    if not actor.is_active_admin:
        raise PermissionDenied
    if actor.pk == person.pk or not person.may_get_password_link:
        raise NoPasswordLink
    record(actor, "password_link.made", person)
    return PasswordTokens(now).make_token(person)


@transaction.atomic
def follow_password_link(*, person: UUID, token: str, password: str, now: datetime) -> User:
    """Set the password, which ends every session. The row is locked, so of two who race on a link one finds it used.

    Raises PasswordLinkGone, and ValidationError for a password the validators refuse.
    """
    user = person_of_password_link(person=person, token=token, now=now, lock=True)
    change_password(actor=user, password=password, now=now)
    return user
