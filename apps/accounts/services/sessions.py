"""Signing in and out."""

import hashlib
import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest

from apps.accounts.domain.addresses import client_address
from apps.accounts.domain.emails import plain_email
from apps.accounts.domain.limits import Limit
from apps.accounts.errors import TooManyAttempts, WrongCredentials
from apps.accounts.models import User
from apps.accounts.services.rate_limits import give_token_back, take_token
from apps.audit.services import record

log = logging.getLogger(__name__)
BY_ACCOUNT = Limit(capacity=10, refill_s=60)
BY_ADDRESS = Limit(capacity=30, refill_s=10)


def sign_in(*, request: HttpRequest, email: str, password: str, now: datetime) -> User:
    """Start a session. A failure costs a token of the account and one of the address; a success gives both back.

    Raises WrongCredentials, the same for an unknown e-mail, a wrong password and a deactivated account, and
    TooManyAttempts before the password is even looked at.
    """
    address = _address(request)
    limits = {f"sign-in:address:{address}": BY_ADDRESS, f"sign-in:account:{_digest(email)}": BY_ACCOUNT}
    for key, limit in limits.items():
        if wait_s := take_token(key=key, limit=limit, now=now):
            log.warning("Sign-in refused for %.0f s, address %s.", wait_s, address)
            raise TooManyAttempts(wait_s)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        log.warning("Sign-in failed, address %s.", address)
        raise WrongCredentials
    for key, limit in limits.items():
        give_token_back(key=key, limit=limit)
    start_session(request=request, user=user)
    return user


@transaction.atomic
def start_session(*, request: HttpRequest, user: User) -> None:
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record(user, "session.started", user)


@transaction.atomic
def end_session(*, request: HttpRequest, actor: User) -> None:
    record(actor, "session.ended", actor)
    logout(request)


def _address(request: HttpRequest) -> str:
    meta = request.META
    forwarded_for = meta.get("HTTP_X_FORWARDED_FOR", "")
    return client_address(meta.get("REMOTE_ADDR", ""), forwarded_for, settings.TRUSTED_PROXIES)


def _digest(email: str) -> str:
    return hashlib.sha256(plain_email(email).encode()).hexdigest()
