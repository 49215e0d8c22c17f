"""How much clusters count in use."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from apps.accounts.access import researchers, signed_in
from apps.assessment.access import access_evaluation
from apps.reports.forms import TrafficForm
from apps.reports.queries import cluster_sizes, traffic_of
from apps.reports.services import set_traffic
from apps.web.posted import posted


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def traffic(request: HttpRequest, evaluation: UUID) -> HttpResponse:
    user = signed_in(request)
    found = access_evaluation(user, evaluation)
    sizes, shares = cluster_sizes(found), traffic_of(found)
    form = TrafficForm(posted(request), clusters=sizes, shares=shares)
    if form.is_valid():
        set_traffic(actor=user, evaluation=found, weights=form.weights)
        messages.success(request, gettext("The weights are set; the next report will count by them."))
        return redirect("reports:traffic", found.public_id)
    whole = sum(sizes.values()) or 1
    rows = [(name, size, size / whole, shares.get(name)) for name, size in sizes.items()]
    parts = {"evaluation": found, "form": form, "rows": rows, "shares": shares}
    return render(request, "reports/traffic.html", parts, status=422 if form.is_bound else 200)
