"""Programs that come with an API token in place of a session."""

from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import use_api_token


def bearer(request: HttpRequest) -> User | None:
    """Who the token of `Authorization: Bearer TOKEN` belongs to; None for nobody's."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return use_api_token(token=token.strip(), now=timezone.now()) if kind.lower() == "bearer" else None
