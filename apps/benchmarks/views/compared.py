"""Two runs, or two revisions, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.access import researchers, signed_in
from apps.benchmarks import queries
from apps.benchmarks.access import access_benchmark_run
from apps.pipelines.models import PipelineRevision

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
@researchers
def over_all(request: HttpRequest, first_id: UUID, second_id: UUID) -> HttpResponse:
    """Two pipeline revisions over every benchmark that both were scored on."""
    first, second = (get_object_or_404(PipelineRevision, public_id=each) for each in (first_id, second_id))
    found = queries.compare_revisions(signed_in(request), first, second)
    if not found:
        raise Http404
    languages = sorted({tag for row in found for tag in queries.languages_of(row.before.benchmark.bucket)})
    context = {"first": first, "second": second, "rows": found, "languages": languages}
    return render(request, "benchmarks/over_all.html", context)


@require_safe
@researchers
def compare(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """From the first run to the second, of the same benchmark."""
    user = signed_in(request)
    before, after = access_benchmark_run(user, public_id), access_benchmark_run(user, other_id)
    if before.benchmark != after.benchmark:
        raise Http404
    context = {
        "benchmark": before.benchmark,
        "before": before,
        "after": after,
        "languages": queries.languages_of(before.benchmark.bucket),
        "compared": queries.compare_runs(before, after),
    }
    return render(request, "benchmarks/compare.html", context)
