"""A scored run: its figures, its samples one by one, what leaves it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.audit.services import record
from apps.benchmarks import queries, services
from apps.benchmarks.access import access_benchmark_run
from apps.benchmarks.exports import EXPORTS, may_be_passed_on
from apps.benchmarks.exports import export as export_run
from apps.web.paging import page_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from apps.benchmarks.models import BenchmarkRun

FILTERS = {"": _("All"), "zero": _("Scored 0"), "failed": _("No answer"), "unparsed": _("Not understood")}
DIFFER = {queries.DIFFER: _("Scores differ")}


@require_safe
@researchers
def run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    benchmark_run = access_benchmark_run(signed_in(request), public_id)
    if benchmark_run.scored_at is None:
        return redirect("generation:detail", benchmark_run.run.public_id)
    chosen = _chosen(request, benchmark_run)
    context = {
        "benchmark_run": benchmark_run,
        "benchmark": benchmark_run.benchmark,
        "languages": queries.languages_of(benchmark_run.benchmark.bucket),
        "overall": queries.overall(benchmark_run),
        "tables": queries.group_tables(benchmark_run),
        "figures": queries.figures_of(benchmark_run),
        "siblings": queries.other_protocols(benchmark_run),
        "others": queries.other_runs(benchmark_run),
        "filters": (FILTERS | DIFFER if chosen.beside else FILTERS).items(),
        "only": chosen.only,
        "beside": chosen.beside,
        "exports": list(EXPORTS),
        "goes_whole": may_be_passed_on(benchmark_run),
        "page": page_of(request, queries.samples(benchmark_run, chosen.only, chosen.beside)),
    }
    return render(request, "benchmarks/run.html", context)


@dataclass(frozen=True)
class Chosen:
    """Which samples; a filter that is none of ours means all."""

    only: str
    beside: BenchmarkRun | None


def _chosen(request: HttpRequest, benchmark_run: BenchmarkRun) -> Chosen:
    asked = request.POST if request.method == "POST" else request.GET
    only, beside = asked.get("only", ""), None
    with suppress(ValueError):
        beside = queries.other_runs(benchmark_run).filter(public_id=UUID(asked.get("beside", ""))).first()
    known = FILTERS | DIFFER if beside else FILTERS
    return Chosen(only if only in known else "", beside)


@require_POST
@researchers
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    benchmark_run = access_benchmark_run(user, public_id)
    chosen = _chosen(request, benchmark_run)
    try:
        bucket = services.send_to_people(
            actor=user, benchmark_run=benchmark_run, only=chosen.only, beside=chosen.beside
        )
    except services.SendingRefused as refused:
        messages.error(request, str(refused))
        return redirect("benchmarks:run", public_id)
    messages.success(request, gettext("The bucket is made. Start both pipelines on it, then open an evaluation."))
    return redirect("buckets:detail", bucket.public_id)


@require_safe
@researchers
def export(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    user = signed_in(request)
    benchmark_run = access_benchmark_run(user, public_id)
    if kind not in EXPORTS or benchmark_run.scored_at is None:
        raise Http404
    record(user, "benchmark.exported", benchmark_run, kind=kind)
    suffix, body = export_run(benchmark_run, kind)
    content_type = "application/zip" if suffix == "zip" else "text/plain; charset=utf-8"
    name = f"{benchmark_run.public_id}-{kind}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)


@require_safe
@researchers
def sample(request: HttpRequest, public_id: UUID, answer_id: UUID) -> HttpResponse:
    """One answer with all that led to its score; its neighbours are those of the filter it was reached by."""
    benchmark_run = access_benchmark_run(signed_in(request), public_id)
    chosen = _chosen(request, benchmark_run)
    found = queries.sample_of(benchmark_run, answer_id, chosen.only, chosen.beside)
    if found is None:
        raise Http404
    context = {
        "benchmark": benchmark_run.benchmark,
        "benchmark_run": benchmark_run,
        "sample": found,
        "only": chosen.only,
        "beside": chosen.beside,
        "filter": (FILTERS | DIFFER)[chosen.only],
    }
    return render(request, "benchmarks/sample.html", context)
