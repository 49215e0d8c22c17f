"""Everybody's accounts: a list for researchers, changes for admins."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import queries, services
from apps.accounts.access import access_invitation, access_person, researchers, role_required, signed_in
from apps.accounts.errors import EmailTaken, OwnAccount
from apps.accounts.forms import InvitationForm, RoleForm
from apps.accounts.models import Role
from apps.web.paging import page_of

admins = role_required(Role.ADMIN)


@require_safe
@researchers
def people(request: HttpRequest) -> HttpResponse:
    return _people_page(request, form=InvitationForm(actor=signed_in(request)))


@never_cache
@require_POST
@researchers
def invite(request: HttpRequest) -> HttpResponse:
    """Answers with the page itself, not a redirect: the link is shown this once and kept nowhere."""
    actor = signed_in(request)
    form = InvitationForm(request.POST, actor=actor)
    if not form.is_valid():
        return _people_page(request, form=form)
    try:
        _invitation, token = services.invite_person(actor=actor, **form.cleaned_data, now=timezone.now())
    except EmailTaken as error:
        form.add_error("email", str(error))
        return _people_page(request, form=form)
    link = request.build_absolute_uri(resolve_url("accounts:accept", token=token))
    return _people_page(request, form=InvitationForm(actor=actor), link=link, invited=form.cleaned_data["email"])


def _people_page(request: HttpRequest, *, form: InvitationForm, **link: str) -> HttpResponse:
    page, invitations = page_of(request, queries.people()), queries.open_invitations(timezone.now())
    context = {"form": form, "page": page, "invitations": invitations, **link}
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@require_POST
@researchers
def withdraw(request: HttpRequest, invitation: UUID) -> HttpResponse:
    actor = signed_in(request)
    row = access_invitation(actor, invitation)
    services.withdraw_invitation(actor=actor, invitation=row, now=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:people")


@require_safe
@admins
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    row = access_person(signed_in(request), person)
    return render(request, "accounts/person.html", {"person": row, "form": RoleForm(initial={"role": row.role})})


@require_POST
@admins
def change_role(request: HttpRequest, person: UUID) -> HttpResponse:
    actor = signed_in(request)
    row, form = access_person(actor, person), RoleForm(request.POST)
    if form.is_valid():
        try:
            services.change_role(actor=actor, person=row, role=form.cleaned_data["role"], now=timezone.now())
            messages.success(request, _("The role is changed."))
            return redirect("accounts:person", person=person)
        except OwnAccount as error:
            form.add_error("role", str(error))
    return render(request, "accounts/person.html", {"person": row, "form": form}, status=422)


@require_POST
@admins
def deactivate(request: HttpRequest, person: UUID) -> HttpResponse:
    actor = signed_in(request)
    try:
        services.deactivate_person(actor=actor, person=access_person(actor, person), now=timezone.now())
        messages.success(request, _("The account is deactivated. All its sessions have ended."))
    except OwnAccount as error:
        messages.error(request, str(error))
    return redirect("accounts:person", person=person)


@require_POST
@admins
def reactivate(request: HttpRequest, person: UUID) -> HttpResponse:
    actor = signed_in(request)
    try:
        services.reactivate_person(actor=actor, person=access_person(actor, person))
        messages.success(request, _("The account is active again."))
    except OwnAccount as error:
        messages.error(request, str(error))
    return redirect("accounts:person", person=person)
