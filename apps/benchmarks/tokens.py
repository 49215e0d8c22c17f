"""API tokens: signed, never stored; they end after 90 days, with a new password, and when the account is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing

from apps.accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest

SALT = "api.v1"
LIFE_S = 90 * 24 * 3600


def make_token(user: User) -> str:
    return signing.dumps([str(user.public_id), user.get_session_auth_hash()[:16]], salt=SALT, compress=True)


def bearer(request: HttpRequest) -> User | None:
    """Whose token the request carries; None for nobody's, an old one, or an assessor's."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    try:
        public_id, mark = signing.loads(token, salt=SALT, max_age=LIFE_S) if kind == "Bearer" else ("", "")
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(public_id=public_id, is_active=True).first() if public_id else None
    if user is None or user.is_assessor or user.get_session_auth_hash()[:16] != mark:
        return None
    return user
