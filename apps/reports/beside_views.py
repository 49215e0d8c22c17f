"""A benchmark's word beside that of people."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import researchers, signed_in
from apps.benchmarks.access import access_benchmark
from apps.benchmarks.queries import languages_of
from apps.reports.beside_benchmark import beside_people
from apps.reports.beside_wording import beside_parts


@require_safe
@researchers
def beside_benchmark(request: HttpRequest, benchmark: UUID) -> HttpResponse:
    """Computed when it is opened, from the scores and judgments of then."""
    user = signed_in(request)
    found = access_benchmark(user, benchmark)
    beside = beside_people(user, found)
    parts = {"benchmark": found, "beside": beside, "languages": languages_of(found.bucket), **beside_parts(beside)}
    return render(request, "reports/beside_benchmark.html", parts)
