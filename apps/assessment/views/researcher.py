"""The researcher's pages: list, open, watch, close."""

import secrets
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.assessment import queries, services
from apps.assessment.access import access_assignment, access_evaluation
from apps.assessment.domain.refusals import AlreadyJudged, CannotOpen
from apps.assessment.forms.opening import AssessorsForm, OpenForm
from apps.assessment.labels import CANNOT_OPEN, title_for_assessors
from apps.assessment.models import Evaluation
from apps.assessment.views.sheet import preview_context
from apps.web.paging import page_of


@require_safe
@researchers
def index(request: HttpRequest) -> HttpResponse:
    page = page_of(request, queries.evaluations_for(signed_in(request)))
    return render(request, "assessment/list.html", {"page": page})


@researchers
def create(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    asked = {name: request.GET[name] for name in ("run_a", "run_b") if request.GET.get(name)}
    form = OpenForm(user, request.POST if request.method == "POST" else None, initial=asked)
    if not form.is_valid():
        return show_form(request, form)
    try:
        evaluation = services.open_evaluation(actor=user, seed=secrets.randbits(48), **form.cleaned_data)
    except CannotOpen as refusal:
        field = {"unblinds": "guidelines", "criteria_unblind": "own_criteria"}.get(refusal.reason)
        form.add_error(field, str(CANNOT_OPEN[refusal.reason]))
        return show_form(request, form)
    if not evaluation.shown_name:
        messages.warning(request, neutral_name_words(title_for_assessors(evaluation)))
    return redirect("assessment:detail", evaluation.public_id)


def show_form(request: HttpRequest, form: OpenForm) -> HttpResponse:
    return render(request, "assessment/create.html", {"form": form}, status=422 if form.is_bound else 200)


def neutral_name_words(title: str) -> str:
    return _(
        "The name shares words with a pipeline’s name and would unblind, so assessors see “%(title)s” instead."
    ) % {"title": title}


@require_safe
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    evaluation = access_evaluation(signed_in(request), public_id)
    template = "assessment/detail_live.html" if request.htmx else "assessment/detail.html"  # type: ignore[attr-defined]
    return render(request, template, detail_context(evaluation))


def detail_context(evaluation: Evaluation) -> dict[str, object]:
    return {
        "evaluation": evaluation,
        "progress": queries.evaluation_progress(evaluation),
        "assessors": queries.assessor_rows(evaluation),
        "leases": queries.leases(evaluation)[:50],
        "lost": queries.lost_by_cause(evaluation),
        "lost_answers": queries.lost_answers(evaluation)[:50],
        "now": timezone.now(),
    }


@require_safe
@researchers
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The judging page of the first comparison, without storing anything."""
    evaluation = access_evaluation(signed_in(request), public_id)
    place = evaluation.assignments.compared().order_by("order_key").first()
    context = preview_context(place) if place else {"evaluation": evaluation}
    return render(request, "assessment/judge.html", context)


@researchers
def assessors(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id)
    form = AssessorsForm(evaluation, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "evaluation": evaluation}
        return render(request, "assessment/assessors.html", context, status=422 if form.is_bound else 200)
    services.change_assessors(actor=user, evaluation=evaluation, assessors=form.cleaned_data["assessors"])
    messages.success(request, _("The assessors have been changed."))
    return redirect("assessment:detail", public_id)


@require_POST
@researchers
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    services.close_evaluation(actor=user, evaluation=access_evaluation(user, public_id))
    messages.success(request, _("Closed: no more judgments are accepted."))
    return redirect("assessment:detail", public_id)


@require_POST
@researchers
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id)
    if evaluation.imported_from:
        raise Http404  # the page has no such button, and the database would refuse
    services.reopen_evaluation(actor=user, evaluation=evaluation)
    messages.success(request, _("Open again: assessors can go on."))
    return redirect("assessment:detail", public_id)


@require_POST
@researchers
def free(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a lease back, so that others get the comparison."""
    user = signed_in(request)
    place = access_assignment(user, public_id, to="edit")
    try:
        services.free_lease(actor=user, assignment=place)
    except AlreadyJudged:
        messages.warning(request, _("It has just been judged, so there was nothing to free."))
    return redirect("assessment:detail", place.evaluation.public_id)
