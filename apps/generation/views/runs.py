from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import researchers, signed_in
from apps.generation.access import access_run, may_edit
from apps.generation.domain.pairing import suggest_pair
from apps.generation.forms import RunFilterForm, StartForm
from apps.generation.models import AnswerState
from apps.generation.queries import (
    answers_of,
    check_run,
    failures_by_cause,
    progress_of,
    queue_depths,
    queue_of,
    ready_pairs,
    run_progress,
    runs_of,
    workers_now,
)
from apps.generation.services import RunRefused, cancel_run, retry_failed, start_run
from apps.web.paging import page_of
from apps.web.posted import posted

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from apps.generation.models import Run


@require_GET
@researchers
def list_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = RunFilterForm(request.GET or None, user=user)
    bucket = form.chosen()
    page = page_of(request, runs_of(user, bucket=bucket))
    progress = progress_of(page)
    comparable = [run for run in page if progress[run.pk].is_comparable]
    pair = suggest_pair(comparable, wanted=request.GET.get("run_a", "")) if bucket else None
    rows = [(run, progress[run.pk]) for run in page]
    context = {"page": page, "rows": rows, "form": form, "bucket": bucket, "pair": pair}
    return render(request, "generation/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def start(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = StartForm(posted(request), user=user, initial={"seed": 0, **request.GET.dict()})
    if form.is_bound and form.is_valid():
        given = form.chosen()
        try:
            run = start_run(actor=user, **given)
        except RunRefused as refusal:
            form.add_error("bucket", str(refusal))
        else:
            return redirect("generation:detail", run.public_id)
    return render(request, "generation/start.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    run = access_run(signed_in(request), public_id)
    return render(request, "generation/detail.html", _live_context(request, run))


@require_GET
@researchers
def live(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The part of the detail page that changes; it asks for itself again until settled, and is no page alone."""
    run = access_run(signed_in(request), public_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("generation:detail", public_id)
    return render(request, "generation/live.html", _live_context(request, run))


def _live_context(request: HttpRequest, run: Run) -> dict[str, Any]:
    state = request.GET.get("state", "")
    progress = run_progress(run)
    return {
        "run": run,
        "progress": progress,
        "failures": failures_by_cause(run) if progress.failed else [],
        "page": page_of(request, answers_of(run, state=state), size=25),
        "state": state,
        "tabs": [(kind, AnswerState(kind).label, getattr(progress, kind)) for kind in AnswerState.values],
        "may_edit": may_edit(signed_in(request), run),
        "pairs": ready_pairs(run),
        **({} if progress.is_settled else _machines(run)),
    }


def _machines(run: Run) -> dict[str, Any]:
    """While something is to be done: who could do it, and what else waits for them."""
    queue = queue_of(run)
    depth = next(depth for depth in queue_depths() if depth.name == queue)
    return {"queues": [depth], "workers": [worker for worker in workers_now() if queue in worker.listens_to]}


@require_GET
@researchers
def checks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reads every trace, so it is asked for; the run's page fetches the list alone."""
    run = access_run(signed_in(request), public_id)
    part = "generation/_checks.html" if request.htmx else "generation/checks.html"  # type: ignore[attr-defined]
    return render(request, part, {"run": run, "invariants": check_run(run)})


@require_POST
@researchers
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    run = access_run(user, public_id, to="edit")
    try:
        count = retry_failed(actor=user, run=run, cause=request.POST.get("cause", ""))
    except RunRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(count)s answer is tried again.", "%(count)s answers are tried again.", count)
        messages.success(request, words % {"count": count})
    return redirect("generation:detail", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    run = access_run(user, public_id, to="edit")
    if request.method != "POST":
        return render(request, "generation/cancel.html", {"run": run, "progress": run_progress(run)})
    count = cancel_run(actor=user, run=run)
    words = ngettext("Cancelled: %(count)s answer was left out.", "Cancelled: %(count)s answers were left out.", count)
    messages.success(request, words % {"count": count})
    return redirect("generation:detail", public_id)
