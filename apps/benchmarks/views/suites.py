"""Suites: started, and watched while they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from apps.accounts.access import researchers, signed_in
from apps.benchmarks import queries, services
from apps.benchmarks.catalogue import catalogue
from apps.benchmarks.forms import SuiteForm
from apps.web.posted import posted

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@researchers
def suites(request: HttpRequest) -> HttpResponse:
    """The catalogue, and the suites that come with the product."""
    form = SuiteForm(posted(request))
    if form.is_valid():
        try:
            services.run_suite(actor=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except services.LoadRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, gettext("The runs are started; they are scored as soon as they are answered."))
            return redirect("benchmarks:watch")
    context = {"form": form, "entries": catalogue().values()}
    return render(request, "benchmarks/suites.html", context, status=422 if form.is_bound else 200)


@require_safe
@researchers
def watch(request: HttpRequest) -> HttpResponse:
    """What was started and is scored when it is answered. htmx asks for its table alone while anything waits."""
    rows = queries.watched(signed_in(request), now=timezone.now())
    context = {"rows": rows, "waits": any(row.waits for row in rows)}
    part = request.htmx  # type: ignore[attr-defined]
    return render(request, "benchmarks/_watch.html" if part else "benchmarks/watch.html", context)
