from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import QuerySet
from django.utils.timezone import make_naive

from apps.accounts.domain.tokens import hash_token
from apps.accounts.errors import InvitationGone, PasswordLinkGone
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


class PasswordTokens(PasswordResetTokenGenerator):
    """Django's tokens at a given time: signed, stored nowhere, good for `PASSWORD_RESET_TIMEOUT` seconds.

    A new password, a sign-in, another e-mail or a deactivation (see `User.session_epoch`) makes them worthless.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    def _now(self) -> datetime:
        return make_naive(self.now, UTC)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}:{user.session_epoch}"


def person_of_password_link(*, person: UUID, token: str, now: datetime, lock: bool = False) -> User:
    """Who may set a new password by the link; `lock` takes the row. Raises PasswordLinkGone, whatever is wrong."""
    rows = User.objects.select_for_update() if lock else User.objects.all()
    found = rows.filter(public_id=person).first()
    if found is None or not found.may_get_password_link or not PasswordTokens(now).check_token(found, token):
        raise PasswordLinkGone
    return found
