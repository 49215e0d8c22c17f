"""The language of the pages, for people signed in or not."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from apps.accounts import services
from apps.accounts.access import signed_in
from apps.web.return_address import return_address

YEAR_S = 365 * 24 * 3600


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept with the person when signed in, else in a cookie; then back to `next` on this site."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(return_address(request))
    if chosen not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        services.save_language(actor=signed_in(request), language=chosen)
    else:
        name = settings.LANGUAGE_COOKIE_NAME
        response.set_cookie(name, chosen, YEAR_S, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response
