"""More than two pipelines: as of now on one page, and frozen."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.buckets.access import access_bucket
from apps.reports.provenance import method_in_use
from apps.reports.queries import reports_of
from apps.reports.services import freeze_ranking
from apps.reports.several import chosen_of, evaluations_of, rank_now
from apps.reports.several_wording import several_parts


@require_safe
@researchers
def several(request: HttpRequest, bucket: UUID) -> HttpResponse:
    """Computed when it is opened, from the judgments of then."""
    user = signed_in(request)
    found = access_bucket(user, bucket)
    every = evaluations_of(user, found)
    chosen = chosen_of(every, request.GET.getlist("evaluation"))
    shown = several_parts(rank_now(found, chosen, method_in_use()))
    parts = {"bucket": found, "evaluations": every, "chosen": chosen, "frozen": reports_of(user, found)[:5], **shown}
    return render(request, "reports/several.html", parts)


@require_POST
@researchers
def freeze_several(request: HttpRequest, bucket: UUID) -> HttpResponse:
    user = signed_in(request)
    found = access_bucket(user, bucket)
    if not evaluations_of(user, found):
        raise Http404
    report = freeze_ranking(actor=user, bucket=found, wanted=request.POST.getlist("evaluation"))
    messages.success(request, gettext("The ranking is frozen: its numbers will not change any more."))
    return redirect("reports:detail", report.public_id)
