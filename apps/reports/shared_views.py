"""Reports that leave the room: links, comments, two beside each other, raw judgments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.assessment.access import access_evaluation
from apps.reports.access import access_report
from apps.reports.domain.changes import compare_reports
from apps.reports.forms import CommentForm, ShareForm
from apps.reports.models import ReportLink
from apps.reports.services import export_judgments
from apps.reports.sharing import comment_on_report, end_link, report_behind, share_report
from apps.reports.views import page_for, parts

if TYPE_CHECKING:
    from django.forms import Form


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """For anyone who has the link, until it expires."""
    report = report_behind(token, timezone.now())
    if report is None:
        return render(request, "reports/link_over.html", status=404)
    answer = render(request, page_for(report), {"report": report, "shared": True, **parts(report)})
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@require_POST
@researchers
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    report, form = access_report(user, public_id), ShareForm(request.POST)
    if form.is_valid():
        until = timezone.now() + timedelta(days=form.cleaned_data["days"])
        token = share_report(actor=user, report=report, until=until)
        link = request.build_absolute_uri(reverse("reports:shared", args=[token]))
        messages.success(request, gettext("The link, shown this once: %(link)s") % {"link": link})
    else:
        messages.error(request, refusal(form))
    return redirect("reports:detail", report.public_id)


@require_POST
@researchers
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user, link = signed_in(request), get_object_or_404(ReportLink.objects.select_related("report"), public_id=public_id)
    access_report(user, link.report.public_id)
    end_link(actor=user, link=link, now=timezone.now())
    messages.success(request, gettext("The link is over."))
    return redirect("reports:detail", link.report.public_id)


@require_POST
@researchers
def comment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    report, form = access_report(user, public_id), CommentForm(request.POST)
    if form.is_valid():
        comment_on_report(actor=user, report=report, text=form.cleaned_data["text"])
        messages.success(request, gettext("Your comment is kept."))
    else:
        messages.error(request, refusal(form))
    return redirect("reports:detail", report.public_id)


def refusal(form: Form) -> str:
    """What is wrong with the first field that is, by its name."""
    name, [reason, *_] = next(iter(form.errors.items()))
    return f"{form[name].label}: {reason}"


@require_safe
@researchers
def compare(request: HttpRequest, public_id: UUID, other: UUID) -> HttpResponse:
    user = signed_in(request)
    after, before = access_report(user, public_id), access_report(user, other)
    if bool(after.ranking) != bool(before.ranking):
        raise Http404  # they have no number in common
    changes = compare_reports(before.ranking or before.content, after.ranking or after.content)
    return render(request, "reports/compare.html", {"report": after, "before": before, "changes": changes})


@require_safe
@researchers
def raw(request: HttpRequest, evaluation: UUID) -> StreamingHttpResponse:
    user = signed_in(request)
    taken = export_judgments(actor=user, evaluation=access_evaluation(user, evaluation))
    disposition = {"Content-Disposition": f'attachment; filename="{taken.filename}"'}
    return StreamingHttpResponse(taken.content, content_type=taken.media_type, headers=disposition)
