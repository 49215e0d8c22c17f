"""A way back for who forgot the password: an admin makes a link, the person follows it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import queries, services
from apps.accounts.access import access_person, role_required, signed_in
from apps.accounts.errors import NoPasswordLink, PasswordLinkGone
from apps.accounts.forms import NewPasswordForm, RoleForm
from apps.accounts.models import Role, User


@never_cache
@require_POST
@role_required(Role.ADMIN)
def make_link(request: HttpRequest, person: UUID) -> HttpResponse:
    """Answers with the page itself, not a redirect: the link is shown this once and kept nowhere."""
    actor = signed_in(request)
    row = access_person(actor, person)
    try:
        token = services.make_password_link(actor=actor, person=row, now=timezone.now())
    except NoPasswordLink as error:
        messages.error(request, str(error))
        return redirect("accounts:person", person=person)
    link = request.build_absolute_uri(resolve_url("accounts:new_password", person=person, token=token))
    context = {"person": row, "form": RoleForm(initial={"role": row.role}), "link": link}
    return render(request, "accounts/person.html", context)


@sensitive_post_parameters("new")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, person: UUID, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        row = queries.person_of_password_link(person=person, token=token, now=now)
        form = NewPasswordForm(request.POST if request.method == "POST" else None, actor=row)
        if form.is_valid():
            password = form.cleaned_data["new"]
            user = services.follow_password_link(person=person, token=token, password=password, now=now)
            return _let_in(request, user)
    except PasswordLinkGone as error:
        return render(request, "accounts/link_gone.html", {"error": error}, status=410)
    context = {"form": form, "person": row}
    return render(request, "accounts/new_password.html", context, status=422 if form.errors else 200)


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    services.start_session(request=request, user=user)
    messages.success(request, _("Your password is changed. Every other device was signed out."))
    return redirect("web:home")
