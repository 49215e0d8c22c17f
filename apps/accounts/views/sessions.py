"""Coming in and going out."""

from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import queries, services
from apps.accounts.access import role_required, signed_in
from apps.accounts.errors import EmailTaken, InvitationGone, TooManyAttempts, WrongCredentials
from apps.accounts.forms import AcceptForm, SignInForm
from apps.web.return_address import return_address


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(return_address(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.sign_in(request=request, **form.cleaned_data, now=timezone.now())
            return redirect(return_address(request))
        except TooManyAttempts as error:
            return _ask_to_wait(request, ceil(error.wait_s))
        except WrongCredentials as error:
            form.add_error(None, str(error))
    context = {"form": form, "next": return_address(request)}
    return render(request, "accounts/sign_in.html", context, status=422 if form.errors else 200)


def _ask_to_wait(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = ceil(seconds / 60)
    page = render(request, "accounts/too_many_attempts.html", {"seconds": seconds, "minutes": minutes}, status=429)
    page["Retry-After"] = str(seconds)
    return page


@require_POST
@role_required()
def sign_out(request: HttpRequest) -> HttpResponse:
    services.end_session(request=request, actor=signed_in(request))
    return redirect("accounts:sign_in")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        invitation = queries.open_invitation(token, now)
        form = AcceptForm(request.POST if request.method == "POST" else None, email=invitation.email)
        if form.is_valid():
            user = services.accept_invitation(token=token, **form.cleaned_data, now=now)
            services.start_session(request=request, user=user)
            return redirect("web:home")
    except (InvitationGone, EmailTaken) as error:
        return render(request, "accounts/link_gone.html", {"error": error}, status=410)
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/accept.html", context, status=422 if form.errors else 200)
