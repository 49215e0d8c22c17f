"""Accounts: made, changed, closed."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.accounts.errors import EmailTaken, OwnAccount
from apps.accounts.models import Invitation, Role, User
from apps.audit.services import record


@transaction.atomic
def create_user(
    *, actor: User | None, email: str, name: str, role: str, password: str, simulated: bool = False
) -> User:
    """Raises EmailTaken, whatever the case of its letters, and ValidationError for a weak password."""
    validate_password(password, User(email=email, name=name))
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, role=Role(role), simulated=simulated)
    except IntegrityError as error:
        raise EmailTaken from error
    record(actor, "person.created", user, role=role, simulated=simulated)
    return user


@transaction.atomic
def save_language(*, actor: User, language: str) -> None:
    User.objects.filter(pk=actor.pk).update(language=language)
    record(actor, "language.chosen", actor, language=language)


@transaction.atomic
def save_profile(*, actor: User, name: str, language: str) -> None:
    User.objects.filter(pk=actor.pk).update(name=name, language=language)
    record(actor, "profile.saved", actor, language=language)


@transaction.atomic
def change_password(*, actor: User, password: str, now: datetime) -> None:
    """Every session of the person ends, but for one that the caller renews, and every API token.

    Raises ValidationError when weak.
    """
    validate_password(password, actor)
    actor.set_password(password)
    actor.save(update_fields=["password"])
    actor.api_tokens.usable(now).update(revoked_at=now)
    record(actor, "password.changed", actor)


@transaction.atomic
def change_role(*, actor: User, person: User, role: str, now: datetime) -> None:
    """Open invitations that the person sent run out, since the new role may not be allowed to send them."""
    person = _lock_person(actor=actor, person=person)
    if person.role == role:
        return
    record(actor, "role.changed", person, before=person.role, after=role)
    person.role = Role(role)
    person.save(update_fields=["role"])
    _withdraw_sent(person, now)


@transaction.atomic
def deactivate_person(*, actor: User, person: User, now: datetime) -> None:
    """All their sessions and API tokens end for good (see `User.session_epoch`); invitations that they sent run out."""
    person = _lock_person(actor=actor, person=person)
    if not person.is_active:
        return
    person.is_active = False
    person.session_epoch += 1
    person.save(update_fields=["is_active", "session_epoch"])
    _withdraw_sent(person, now)
    person.api_tokens.usable(now).update(revoked_at=now)
    record(actor, "person.deactivated", person)


@transaction.atomic
def reactivate_person(*, actor: User, person: User) -> None:
    person = _lock_person(actor=actor, person=person)
    if person.is_active:
        return
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(actor, "person.reactivated", person)


def _lock_person(*, actor: User, person: User) -> User:
    """The person, locked together with all active admins: two who demote each other at once cannot leave none.

    Raises PermissionDenied when `actor` is no active admin by now, OwnAccount when both are the same.
    """
    concerned = Q(role=Role.ADMIN, is_active=True) | Q(pk=person.pk)
    locked = {row.pk: row for row in User.objects.select_for_update().filter(concerned).order_by("pk")}
    if actor.pk not in locked or not locked[actor.pk].is_active_admin:
        raise PermissionDenied
    if actor.pk == person.pk:
        raise OwnAccount
    return locked[person.pk]


def _withdraw_sent(person: User, now: datetime) -> None:
    Invitation.objects.open(now).filter(invited_by=person).update(expires_at=now)
