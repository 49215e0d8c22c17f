"""Benchmarks: listed, made, their runs scored and placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.benchmarks import queries, services
from apps.benchmarks.access import access_benchmark
from apps.benchmarks.forms import BenchmarkForm, ScoreForm
from apps.benchmarks.models import Benchmark, Source
from apps.benchmarks.protocols import find_protocol
from apps.web.paging import page_of
from apps.web.posted import posted

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


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
        "results": queries.leaderboard(benchmark),
        "waiting": queries.waiting_runs(benchmark),
        "differences": queries.smallest_differences(benchmark),
        "source": Source.objects.filter(bucket=benchmark.bucket).first(),
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
