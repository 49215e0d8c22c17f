"""More than two pipelines on one page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import researchers, signed_in
from apps.buckets.access import access_bucket
from apps.reports.provenance import method_in_use
from apps.reports.several import together
from apps.reports.several_wording import several_parts


@require_safe
@researchers
def several(request: HttpRequest, bucket: UUID) -> HttpResponse:
    """Computed when it is opened, from the judgments of then."""
    user = signed_in(request)
    found = access_bucket(user, bucket)
    taken = together(user, found, request.GET.getlist("evaluation"))
    parts = {"bucket": found, "together": taken, "method": method_in_use(), **several_parts(taken)}
    return render(request, "reports/several.html", parts)
