"""Tokens by which programs ask in a researcher's name: shown once, kept as a hash, revocable."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.accounts.domain.tokens import hash_token
from apps.accounts.errors import NoApiToken, TokenNameTaken
from apps.accounts.models import ApiToken, User
from apps.audit.services import record

PREFIX = "sk-sbs-"  # scanners for leaked secrets know it by this; VLMEvalKit takes no key that begins otherwise
DAYS = 90
USE_IS_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_api_token(*, actor: User, name: str, now: datetime, days: int = DAYS) -> str:
    """The token, which is kept nowhere. Raises NoApiToken for an assessor or a closed account, TokenNameTaken."""
    if not actor.is_active or actor.is_assessor:
        raise NoApiToken
    token = PREFIX + secrets.token_urlsafe(32)
    ends = now + timedelta(days=days)
    try:
        with transaction.atomic():
            row = ApiToken.objects.create(token_hash=hash_token(token), user=actor, name=name, expires_at=ends)
    except IntegrityError as error:
        raise TokenNameTaken from error
    record(actor, "api_token.made", row, days=days)
    return token


@transaction.atomic
def revoke_api_token(*, actor: User, token: ApiToken, now: datetime) -> None:
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        record(actor, "api_token.revoked", token)


def use_api_token(*, token: str, now: datetime) -> User | None:
    """Whose it is; None for an unknown, revoked or late one, and for one of somebody who may not have any by now."""
    row = ApiToken.objects.usable(now).filter(token_hash=hash_token(token)).select_related("user").first()
    if row is None or not row.user.is_active or row.user.is_assessor:
        return None
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_NOTED_EVERY)
    ApiToken.objects.filter(unnoted, pk=row.pk).update(last_used_at=now)
    return row.user
