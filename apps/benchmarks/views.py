from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.audit.services import record
from apps.benchmarks import queries, services
from apps.benchmarks.access import access_benchmark, access_benchmark_run
from apps.benchmarks.catalogue import catalogue
from apps.benchmarks.exports import EXPORTS
from apps.benchmarks.forms import BenchmarkForm, ScoreForm, SuiteForm
from apps.benchmarks.models import Benchmark, BenchmarkRun, Source
from apps.benchmarks.protocols import find_protocol
from apps.pipelines.models import PipelineRevision
from apps.web.paging import page_of
from apps.web.posted import posted

FILTERS = {"": _("All"), "zero": _("Scored 0"), "failed": _("No answer"), "unparsed": _("Not understood")}
DIFFER = {queries.DIFFER: _("Scores differ")}


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
        "others": queries.other_runs(benchmark_run),
        "filters": (FILTERS | DIFFER if chosen.beside else FILTERS).items(),
        "only": chosen.only,
        "beside": chosen.beside,
        "exports": list(EXPORTS),
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
    suffix, write = EXPORTS[kind]
    record(user, "benchmark.exported", benchmark_run, kind=kind)
    name = f"{benchmark_run.public_id}-{kind}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(benchmark_run), content_type="text/plain; charset=utf-8", headers=headers)


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
            return redirect("benchmarks:list")
    context = {"form": form, "entries": catalogue().values()}
    return render(request, "benchmarks/suites.html", context, status=422 if form.is_bound else 200)


@require_safe
@researchers
def over_all(request: HttpRequest, first_id: UUID, second_id: UUID) -> HttpResponse:
    """Two pipeline revisions over every benchmark that both were scored on."""
    first, second = (get_object_or_404(PipelineRevision, public_id=each) for each in (first_id, second_id))
    found = queries.compare_revisions(signed_in(request), first, second)
    if not found:
        raise Http404
    return render(request, "benchmarks/over_all.html", {"first": first, "second": second, "rows": found})


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
