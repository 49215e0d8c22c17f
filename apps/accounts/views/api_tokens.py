"""One's own API tokens."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import services
from apps.accounts.access import access_api_token, researchers, signed_in
from apps.accounts.errors import TokenNameTaken
from apps.accounts.forms import ApiTokenForm
from apps.web.posted import posted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def api_tokens(request: HttpRequest) -> HttpResponse:
    """A POST answers with the page itself, not a redirect: the token is shown this once and kept nowhere."""
    form = ApiTokenForm(posted(request))
    if not form.is_valid():
        return _page(request, form)
    try:
        token = services.make_api_token(actor=signed_in(request), now=timezone.now(), **form.cleaned_data)
    except TokenNameTaken as error:
        form.add_error("name", str(error))
        return _page(request, form)
    return _page(request, ApiTokenForm(), token=token, made=form.cleaned_data["name"])


def _page(request: HttpRequest, form: ApiTokenForm, **made: str) -> HttpResponse:
    context = {"form": form, "tokens": signed_in(request).api_tokens.all(), "now": timezone.now(), **made}
    return render(request, "accounts/api_tokens.html", context, status=422 if form.errors else 200)


@require_POST
@researchers
def revoke(request: HttpRequest, token: UUID) -> HttpResponse:
    actor = signed_in(request)
    services.revoke_api_token(actor=actor, token=access_api_token(actor, token), now=timezone.now())
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    return redirect("accounts:api_tokens")
