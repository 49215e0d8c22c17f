from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.benchmarks import queries, services
from apps.benchmarks.access import access_benchmark, access_benchmark_run
from apps.benchmarks.forms import BenchmarkForm, ScoreForm
from apps.benchmarks.protocols import find_protocol
from apps.web.paging import page_of
from apps.web.posted import posted

if TYPE_CHECKING:
    from uuid import UUID

    from apps.benchmarks.models import Benchmark

FILTERS = {"": _("All"), "zero": _("Scored 0"), "failed": _("No answer"), "unparsed": _("Not understood")}


@require_safe
@researchers
def benchmark_list(request: HttpRequest) -> HttpResponse:
    page = page_of(request, queries.benchmarks_for(signed_in(request)))
    return render(request, "benchmarks/list.html", {"page": page})


@researchers
def create(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = BenchmarkForm(posted(request), user=user)
    problems: list[services.ReferenceProblem] = []
    if form.is_valid():
        try:
            benchmark = services.create_benchmark(actor=user, now=timezone.now(), **form.cleaned_data)
            return redirect("benchmarks:detail", benchmark.public_id)
        except services.BenchmarkRefused as refused:
            form.add_error("protocol", str(refused))
            problems = refused.problems
    context = {"form": form, "problems": problems}
    return render(request, "benchmarks/create.html", context, status=422 if form.is_bound else 200)


def _detail(request: HttpRequest, benchmark: Benchmark, form: ScoreForm) -> HttpResponse:
    context = {
        "benchmark": benchmark,
        "protocol": find_protocol(benchmark.protocol),
        "languages": queries.languages_of(benchmark.bucket),
        "results": queries.run_results(benchmark),
        "form": form,
    }
    return render(request, "benchmarks/detail.html", context, status=422 if form.errors else 200)


@require_safe
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    benchmark = access_benchmark(signed_in(request), public_id)
    return _detail(request, benchmark, ScoreForm(benchmark=benchmark))


@require_POST
@researchers
def score(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    benchmark = access_benchmark(user, public_id)
    form = ScoreForm(request.POST, benchmark=benchmark)
    if form.is_valid():
        try:
            scored = services.score_run(actor=user, benchmark=benchmark, now=timezone.now(), **form.cleaned_data)
            messages.success(request, gettext("The run is scored."))
            return redirect("benchmarks:run", scored.public_id)
        except services.ScoringRefused as refused:
            form.add_error("run", str(refused))
    return _detail(request, benchmark, form)


@require_safe
@researchers
def run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    benchmark_run = access_benchmark_run(signed_in(request), public_id)
    asked = request.GET.get("only", "")
    only = asked if asked in FILTERS else ""
    context = {
        "benchmark_run": benchmark_run,
        "benchmark": benchmark_run.benchmark,
        "languages": queries.languages_of(benchmark_run.benchmark.bucket),
        "overall": queries.overall(benchmark_run),
        "by_cluster": queries.means_by(benchmark_run, "cluster"),
        "by_language": queries.means_by(benchmark_run, "language"),
        "others": queries.other_runs(benchmark_run),
        "filters": FILTERS.items(),
        "only": only,
        "page": page_of(request, queries.samples(benchmark_run, only)),
    }
    return render(request, "benchmarks/run.html", context)


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
