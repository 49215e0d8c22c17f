from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.domain.tokens import hash_token
from apps.accounts.errors import InvitationGone
from apps.accounts.models import Invitation, User


def people() -> QuerySet[User]:
    """Everybody; those who may sign in first."""
    return User.objects.order_by("-is_active", "name", "pk")


def open_invitations(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.open(now).select_related("invited_by")


def open_invitation(token: str, now: datetime) -> Invitation:
    """The invitation that `token` opens. Raises InvitationGone for an unknown, used, withdrawn or late one."""
    found = open_invitations(now).filter(token_hash=hash_token(token)).first()
    if found is None:
        raise InvitationGone
    return found
