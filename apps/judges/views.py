"""The researcher's pages: judges of an evaluation, one judge, its judgments to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.generation.models import Run
from apps.judges import queries, services
from apps.judges.access import access_judge, access_judged
from apps.judges.forms import ModelForm, ReferenceForm
from apps.judges.tables import judgment_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.forms import Form

    from apps.assessment.models import Evaluation
    from apps.judges.models import AutomaticJudge

UNREAD = 20  # replies that are shown


@require_safe
@researchers
def judge_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return show_list(request, access_judged(signed_in(request), public_id), ReferenceForm(), ModelForm())


def show_list(request: HttpRequest, evaluation: Evaluation, reference: ReferenceForm, model: ModelForm) -> HttpResponse:
    rows = [(judge, queries.coverage(judge), queries.judge_figures(judge)) for judge in queries.judges_of(evaluation)]
    context = {"evaluation": evaluation, "rows": rows, "reference": reference, "model": model}
    return render(request, "judges/list.html", context, status=422 if reference.is_bound or model.is_bound else 200)


@require_POST
@researchers
def start_reference(request: HttpRequest, public_id: UUID) -> HttpResponse:
    form = ReferenceForm(request.POST)
    judge, evaluation = started(request, public_id, form, "protocol", services.start_reference_judge)
    if judge:
        return redirect("judges:detail", judge.public_id)
    return show_list(request, evaluation, form, ModelForm())


@require_POST
@researchers
def start_model(request: HttpRequest, public_id: UUID) -> HttpResponse:
    form = ModelForm(request.POST)
    judge, evaluation = started(request, public_id, form, "revision", services.start_model_judge)
    if judge:
        return redirect("judges:detail", judge.public_id)
    return show_list(request, evaluation, ReferenceForm(), form)


def started(
    request: HttpRequest, public_id: UUID, form: Form, field: str, start: Callable[..., AutomaticJudge]
) -> tuple[AutomaticJudge | None, Evaluation]:
    """The judge of a valid form; None, with the reason at `field`, where it is refused."""
    user = signed_in(request)
    evaluation = access_judged(user, public_id)
    if form.is_valid():
        try:
            return start(actor=user, evaluation=evaluation, now=timezone.now(), **form.cleaned_data), evaluation
        except services.JudgeRefused as refused:
            form.add_error(field, str(refused))
    return None, evaluation


@require_safe
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    judge = access_judge(user, public_id)
    context = {
        "judge": judge,
        "evaluation": judge.evaluation,
        "coverage": queries.coverage(judge),
        "figures": queries.judge_figures(judge),
        "criteria": queries.criteria_agreement(judge),
        "unread": queries.unread_replies(judge)[:UNREAD],
        "runs": Run.objects.visible_to(user).filter(judge_run__judge=judge),
    }
    return render(request, "judges/detail.html", context)


@require_POST
@researchers
def rest(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    judge = access_judge(user, public_id)
    try:
        found = services.judge_rest(actor=user, judge=judge, now=timezone.now())
        words = ngettext("%(count)d comparison more.", "%(count)d comparisons more.", found)
        messages.success(request, words % {"count": found})
    except services.JudgeRefused as refused:
        messages.warning(request, str(refused))
    return redirect("judges:detail", public_id)


@require_safe
@researchers
def judgments(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every judgment in every order, each row marked as automatic."""
    judge = access_judge(signed_in(request), public_id)
    return judgment_csv(judge)
