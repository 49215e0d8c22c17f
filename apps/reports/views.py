"""Pages of reports: for researchers of the bucket and admins."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.assessment.access import access_evaluation
from apps.reports import services, wording
from apps.reports.access import access_report
from apps.reports.behind import comparisons_behind, with_judgments
from apps.reports.deep_figures import draw_depth
from apps.reports.deep_wording import deep_parts
from apps.reports.exporters import exporters
from apps.reports.figures import draw, every_group
from apps.reports.forms import CellForm, CommentForm, LiftForm, PlanForm, ShareForm
from apps.reports.models import Report
from apps.reports.planning import first_guess
from apps.reports.powered_wording import powered_forest
from apps.reports.preferences.forms import forms
from apps.reports.preferences.plan import plan_export
from apps.reports.queries import comments_on, links_of, siblings_of
from apps.reports.several_wording import several_parts
from apps.reports.watch_wording import plan_parts
from apps.statistics.scores import VERDICTS
from apps.web.paging import page_of


@require_safe
@researchers
def report_list(request: HttpRequest) -> HttpResponse:
    reports = Report.objects.visible_to(signed_in(request)).numbered().with_names()
    return render(request, "reports/list.html", {"page": page_of(request, reports, 25)})


@require_safe
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    report = access_report(user, public_id)
    talk = {
        "others": siblings_of(user, report)[:5],
        "share": ShareForm(),
        "comment": CommentForm(),
        "links": links_of(report, timezone.now()),
        "comments": comments_on(report),
    }
    return render(request, page_for(report), {"report": report, **talk, **parts(report)})


def page_for(report: Report) -> str:
    return "reports/ranking.html" if report.ranking else "reports/detail.html"


def parts(report: Report) -> dict[str, object]:
    """What the page of a report, or of a ranking, shows of its numbers."""
    if report.ranking:
        return {"exporters": exporters().values(), **several_parts(report.ranking)}
    numbers = report.content
    return {
        "numbers": numbers,
        "deep": draw_depth(numbers),
        "words": wording.Words(numbers, report.number),
        "figures": draw(numbers),
        "rows": every_group(numbers),
        "verdicts": VERDICTS,
        "exporters": exporters().values(),
        "powered_forest": powered_forest(numbers),
        **deep_parts(numbers),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def plan(request: HttpRequest, evaluation: UUID) -> HttpResponse:
    """What an evaluation needs to show what matters, and whether it is known yet."""
    user = signed_in(request)
    found = access_evaluation(user, evaluation)
    form = PlanForm(request.POST or None, initial=first_guess(found))
    if request.method == "POST" and form.is_valid():
        services.set_plan(actor=user, evaluation=found, plan=form.save(commit=False))
        messages.success(request, gettext("The plan is set."))
        return redirect("reports:plan", found.public_id)
    parts = {"evaluation": found, "form": form, **plan_parts(found)}
    return render(request, "reports/plan.html", parts, status=422 if form.is_bound else 200)


@require_safe
@researchers
def comparisons(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What lies behind a number of the report."""
    report, form = access_report(signed_in(request), public_id), CellForm(request.GET)
    if report.ranking:
        raise Http404
    page = page_of(request, comparisons_behind(report, form.cell), 10)
    parts = {"report": report, "page": page, "shown": with_judgments(report, page), "cell": form.cell}
    return render(request, "reports/comparisons.html", parts)


@require_POST
@researchers
def freeze(request: HttpRequest, evaluation: UUID) -> HttpResponse:
    user = signed_in(request)
    report = services.freeze_report(actor=user, evaluation=access_evaluation(user, evaluation))
    messages.success(request, gettext("The report is frozen: its numbers will not change any more."))
    return redirect("reports:detail", report.public_id)


@require_safe
@researchers
def export(request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    user = signed_in(request)
    report = access_report(user, public_id)
    if form not in exporters():
        raise Http404
    download = services.download_report(actor=user, report=report, form=form)
    disposition = {"Content-Disposition": f'attachment; filename="{download.filename}"'}
    return HttpResponse(download.content, content_type=download.media_type, headers=disposition)


@require_safe
@researchers
def preferences(request: HttpRequest, evaluation: UUID) -> HttpResponse:
    """What an export would hold and leave out, before anyone takes it."""
    found, form = access_evaluation(signed_in(request), evaluation), LiftForm(request.GET)
    plan = plan_export(found, form.lifted)
    parts = {"evaluation": found, "form": form, "forms": forms().values(), "chosen": plan.selection}
    return render(request, "reports/preferences.html", parts)


@require_safe
@researchers
def export_preferences(request: HttpRequest, evaluation: UUID, form: str) -> StreamingHttpResponse:
    user = signed_in(request)
    found = access_evaluation(user, evaluation)
    if form not in forms():
        raise Http404
    taken = services.export_preferences(actor=user, evaluation=found, form=form, lift=LiftForm(request.GET).lifted)
    disposition = {"Content-Disposition": f'attachment; filename="{taken.filename}"'}
    return StreamingHttpResponse(taken.content, content_type=taken.media_type, headers=disposition)
