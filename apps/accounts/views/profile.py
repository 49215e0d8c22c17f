"""One's own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import services
from apps.accounts.access import role_required, signed_in
from apps.accounts.forms import PasswordForm, ProfileForm


@require_http_methods(["GET", "HEAD", "POST"])
@role_required()
def profile(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    if request.method != "POST":
        return _page(request, profile=_profile_form(request))
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile=form)
    services.save_profile(actor=actor, **form.cleaned_data)
    translation.activate(form.cleaned_data["language"] or translation.get_language())
    messages.success(request, _("Your profile is saved."))
    return redirect("accounts:profile")


@sensitive_post_parameters("current", "new")
@require_POST
@role_required()
def password(request: HttpRequest) -> HttpResponse:
    """The session's key rotates; the person's other sessions end."""
    actor = signed_in(request)
    form = PasswordForm(request.POST, actor=actor)
    if not form.is_valid():
        return _page(request, profile=_profile_form(request), password=form)
    services.change_password(actor=actor, password=form.cleaned_data["new"], now=timezone.now())
    update_session_auth_hash(request, actor)
    messages.success(request, _("Your password is changed. Every other device was signed out."))
    return redirect("accounts:profile")


def _profile_form(request: HttpRequest) -> ProfileForm:
    actor = signed_in(request)
    return ProfileForm(initial={"name": actor.name, "language": actor.language})


def _page(request: HttpRequest, *, profile: ProfileForm, password: PasswordForm | None = None) -> HttpResponse:
    password = password or PasswordForm(actor=signed_in(request))
    wrong = profile.errors or password.errors
    context = {"form": profile, "password_form": password}
    return render(request, "accounts/profile.html", context, status=422 if wrong else 200)
