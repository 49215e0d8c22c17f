from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.splits import queries, services
from apps.splits.access import access_split, may_edit
from apps.splits.forms import ArmFormSet, SplitForm
from apps.web.paging import page_of
from apps.web.posted import posted

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
@researchers
def split_list(request: HttpRequest) -> HttpResponse:
    return render(request, "splits/list.html", {"page": page_of(request, queries.splits_for(signed_in(request)))})


@researchers
def create(request: HttpRequest) -> HttpResponse:
    form, arms = SplitForm(posted(request)), ArmFormSet(posted(request), prefix="arms")
    if form.is_valid() and arms.is_valid():
        inputs = [services.ArmInput(**row) for row in arms.cleaned_data if row]
        try:
            split = services.create_split(actor=signed_in(request), arms=inputs, **form.cleaned_data)
            return redirect("splits:detail", split.public_id)
        except services.SplitRefused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "arms": arms}
    return render(request, "splits/create.html", context, status=422 if form.is_bound else 200)


@require_safe
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    split = access_split(user, public_id)
    rows = queries.arm_rows(split)
    context = {
        "split": split,
        "arms": rows,
        "exposures": sum(row.exposures for row in rows),
        "ratio": queries.ratio_check(rows),
        "events": queries.event_rows(split),
        "may_edit": may_edit(user, split),
    }
    return render(request, "splits/detail.html", context)


@require_POST
@researchers
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    split = access_split(user, public_id, to="edit")
    try:
        services.start_split(actor=user, split=split, now=timezone.now())
    except services.SplitRefused as refused:
        messages.error(request, str(refused))
    return redirect("splits:detail", split.public_id)


@require_POST
@researchers
def stop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    split = access_split(user, public_id, to="edit")
    try:
        services.stop_split(actor=user, split=split, now=timezone.now())
    except services.SplitRefused as refused:
        messages.error(request, str(refused))
    return redirect("splits:detail", split.public_id)
