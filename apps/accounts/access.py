"""Who may open a page: the only two doors that views of every room use."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.models import ApiToken, Invitation, InvitationQuerySet, Role, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(request: HttpRequest) -> User:
    """`request.user`, typed. Raises PermissionDenied for a stranger, whom `role_required` has sent away before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def role_required(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Strangers go to the sign-in page, people of another role get 403. Without `roles`, anyone signed in may pass."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return send_to_sign_in(request)
            if roles and signed_in(request).role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


researchers = role_required(Role.RESEARCHER, Role.ADMIN)


def access_person(user: User, public_id: UUID) -> User:
    """The account that an admin is about to change. Nobody else may know of it by its id."""
    if not user.is_active_admin:
        raise Http404
    return get_object_or_404(User, public_id=public_id)


def access_invitation(user: User, public_id: UUID) -> Invitation:
    """An invitation to withdraw."""
    return get_object_or_404(withdrawable_invitations(user), public_id=public_id)


def access_api_token(user: User, public_id: UUID) -> ApiToken:
    """One's own. An admin revokes those of others by `manage.py api_token`, or all by closing the account."""
    return get_object_or_404(user.api_tokens, public_id=public_id)


def withdrawable_invitations(user: User) -> InvitationQuerySet:
    """One's own, or any for an admin."""
    return Invitation.objects.all() if user.is_active_admin else Invitation.objects.filter(invited_by=user)


def send_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A redirect; for a piece of a page that htmx fetches, one of the whole page, back to where the person was."""
    if request.headers.get("HX-Request") == "true":
        here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(here).url if here else resolve_url("accounts:sign_in"))
    return redirect_to_login(request.get_full_path())
