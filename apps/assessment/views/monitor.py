"""The researcher's monitor: who judges how, what they disagree about, and the rules that watch them."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.assessment import queries
from apps.assessment.access import access_comparison, access_evaluation
from apps.assessment.domain.simulation import COIN_FLIPPER, HONEST, simulate
from apps.assessment.domain.verdicts import verdict_meant
from apps.assessment.forms.policy import RulesForm
from apps.assessment.forms.standing import AdjudicationForm, MessageForm, StandingForm
from apps.assessment.models import Comparison, Evaluation, StandingState, Verdict
from apps.assessment.queries import agreement
from apps.assessment.queries.gold import gold_stock
from apps.assessment.queries.paid import paid_work
from apps.assessment.queries.progress import pace_of
from apps.assessment.queries.said import flagged_judgments
from apps.assessment.queries.sheets import judging_sheet
from apps.assessment.queries.standing import rules_of
from apps.assessment.queries.watched import latest_skips, people_watched
from apps.assessment.services.ruling import change_rules
from apps.assessment.services.standing import adjudicate_comparison, change_standing, send_message
from apps.assessment.views.tables import work_cells
from apps.web.paging import page_of
from apps.web.spreadsheets import csv_answer


@require_safe
@researchers
def monitor(request: HttpRequest, public_id: UUID) -> HttpResponse:
    evaluation = access_evaluation(signed_in(request), public_id)
    return render(request, "assessment/monitor.html", monitor_context(evaluation, timezone.now()))


def monitor_context(evaluation: Evaluation, now: datetime) -> dict[str, object]:
    progress = queries.evaluation_progress(evaluation)
    left = progress.free + progress.leased
    return {
        "evaluation": evaluation,
        "progress": progress,
        "pace": pace_of(evaluation, now, left),
        "agreement": agreement.agreement_so_far(evaluation),
        "flagged": flagged_judgments(evaluation)[:50],
        "skips": latest_skips(evaluation)[:50],
        "split": agreement.disagreements(evaluation).count(),
        "people": people_watched(evaluation),
        "stock": gold_stock(evaluation, left) if evaluation.uses_checks else None,
        "states": StandingState.choices,
    }


@require_POST
@researchers
def stand(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id)
    form = StandingForm(evaluation, request.POST)
    if not form.is_valid():
        return refuse(request, evaluation, _("Nothing was changed: choose an assessor of this evaluation."))
    said = form.cleaned_data
    change_standing(
        actor=user,
        evaluation=evaluation,
        assessor=said["assessor"],
        state=StandingState(said["state"]),
        reason=said["reason"],
        now=timezone.now(),
    )
    messages.success(request, _("The assessor’s standing has been changed."))
    return redirect("assessment:monitor", public_id)


@require_POST
@researchers
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id)
    form = MessageForm(evaluation, request.POST)
    if not form.is_valid():
        return refuse(request, evaluation, _("Nothing was sent: write a message of at most 2000 letters."))
    send_message(actor=user, evaluation=evaluation, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Sent. The assessor finds it on the page “My work”."))
    return redirect("assessment:monitor", public_id)


def refuse(request: HttpRequest, evaluation: Evaluation, words: str) -> HttpResponse:
    messages.error(request, words)
    return render(request, "assessment/monitor.html", monitor_context(evaluation, timezone.now()), status=422)


@require_safe
@researchers
def payments(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everyone's comparisons and hours, for whoever pays."""
    evaluation = access_evaluation(signed_in(request), public_id)
    head = ["evaluation", "assessor", "email", "month", "comparisons", "hours", "first", "last"]
    rows = [[evaluation.name, str(row.person), row.person.email, *work_cells(row)] for row in paid_work(evaluation)]
    return csv_answer(f"payments-{evaluation.public_id.hex[:8]}", head, rows)


@researchers
def rules(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET with fields tries them in the simulator, POST keeps them."""
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id)
    asked = request.POST if request.method == "POST" else request.GET or None
    form = RulesForm(asked, rules=tuple(rules_of(evaluation)), gold_percent=evaluation.gold_percent)
    if request.method == "POST" and form.is_valid():
        change_rules(actor=user, evaluation=evaluation, rules=form.rules())
        messages.success(request, _("From the next judgment on these rules watch."))
        return redirect("assessment:monitor", public_id)
    return show_rules(request, form, evaluation)


@require_safe
@researchers
def simulator(request: HttpRequest) -> HttpResponse:
    """The same, before there is an evaluation."""
    return show_rules(request, RulesForm(request.GET or None))


def show_rules(request: HttpRequest, form: RulesForm, evaluation: Evaluation | None = None) -> HttpResponse:
    is_wrong = form.is_bound and not form.is_valid()
    found = []
    if not is_wrong:
        said = form.said()
        asked = {"gold_percent": said["gold_percent"], "comparisons": said["comparisons"]}
        found = simulate(form.rules(), (COIN_FLIPPER, HONEST), **asked)
    context = {"form": form, "evaluation": evaluation, "found": found}
    return render(request, "assessment/rules.html", context, status=422 if is_wrong else 200)


@require_safe
@researchers
def disagreements(request: HttpRequest, public_id: UUID) -> HttpResponse:
    evaluation = access_evaluation(signed_in(request), public_id)
    page = page_of(request, agreement.disagreements(evaluation))
    return render(request, "assessment/disagreements.html", {"evaluation": evaluation, "page": page})


@researchers
def adjudicate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The comparison as assessors saw it, what they said, and the researcher's own word."""
    user = signed_in(request)
    comparison = access_comparison(user, public_id)
    form = AdjudicationForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return show_comparison(request, comparison, form)
    meant = verdict_meant(form.cleaned_data["verdict"], a_on_left=agreement.first_place(comparison).a_on_left)
    note = form.cleaned_data["note"]
    adjudicate_comparison(actor=user, comparison=comparison, verdict=Verdict(meant), note=note, now=timezone.now())
    messages.success(request, _("Kept beside the assessors’ judgments; win rates stay as they are."))
    return redirect("assessment:disagreements", comparison.evaluation.public_id)


def show_comparison(request: HttpRequest, comparison: Comparison, form: AdjudicationForm) -> HttpResponse:
    place = agreement.first_place(comparison)
    context = {
        "evaluation": comparison.evaluation,
        "comparison": comparison,
        "sheet": judging_sheet(place),
        "said": agreement.said_of(comparison, a_on_left=place.a_on_left),
        "form": form,
    }
    return render(request, "assessment/adjudicate.html", context, status=422 if form.is_bound else 200)
