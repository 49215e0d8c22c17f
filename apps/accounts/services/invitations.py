"""Links that make one account each."""

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.accounts.access import withdrawable_invitations
from apps.accounts.domain.emails import plain_email
from apps.accounts.domain.tokens import hash_token
from apps.accounts.errors import EmailTaken, InvitationGone
from apps.accounts.models import Invitation, Role, User
from apps.accounts.services.people import create_user
from apps.audit.services import record

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite_person(*, actor: User, email: str, role: str, now: datetime) -> tuple[Invitation, str]:
    """The invitation and its token, which is kept nowhere. Open ones that `actor` may withdraw end.

    Raises PermissionDenied when `actor` may not invite that role, EmailTaken when there is such a person already.
    """
    if role not in actor.invitable_roles:
        raise PermissionDenied
    email = plain_email(email)
    if User.objects.with_email(email).exists():
        raise EmailTaken
    for earlier in withdrawable_invitations(actor).open(now).filter(email=email):
        withdraw_invitation(actor=actor, invitation=earlier, now=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        token_hash=hash_token(token), email=email, role=Role(role), invited_by=actor, expires_at=now + VALID_FOR
    )
    record(actor, "person.invited", invitation, role=role)
    return invitation, token


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, now: datetime) -> User:
    """Make the account. The invitation's row is locked, so of two who race on one link the second finds it used.

    Raises InvitationGone and EmailTaken, and ValidationError for a password the validators refuse.
    """
    invitation = Invitation.objects.select_for_update().filter(token_hash=hash_token(token)).first()
    if invitation is None or not invitation.is_open(now):
        raise InvitationGone
    user = create_user(actor=None, email=invitation.email, name=name, role=invitation.role, password=password)
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_by"])
    record(user, "invitation.accepted", invitation)
    return user


@transaction.atomic
def withdraw_invitation(*, actor: User, invitation: Invitation, now: datetime) -> None:
    if Invitation.objects.open(now).filter(pk=invitation.pk).update(expires_at=now):
        record(actor, "invitation.withdrawn", invitation)
