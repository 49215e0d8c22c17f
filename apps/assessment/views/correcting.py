"""An assessor's own judgments of the last day: the list, and each once more on the judging page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.access import role_required, signed_in
from apps.accounts.models import User
from apps.assessment import services
from apps.assessment.access import access_evaluation, access_judgment
from apps.assessment.domain.refusals import JudgmentInvalid, Refusal
from apps.assessment.forms.judging import JudgmentForm
from apps.assessment.models import Judgment
from apps.assessment.queries.said import last_said
from apps.assessment.services.submitting import CORRECTABLE_FOR
from apps.assessment.views.assessor import go_on, page
from apps.assessment.views.sheet import correction_context


@require_safe
@role_required()
def said(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whatever of mine can still be changed; for htmx the list alone."""
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id, to="judge")
    since = timezone.now() - CORRECTABLE_FOR
    items = last_said(user, evaluation, since) if evaluation.is_open else []
    template = "assessment/said_list.html" if request.htmx else "assessment/said.html"  # type: ignore[attr-defined]
    response = render(request, template, {"evaluation": evaluation, "said": items})
    response["Cache-Control"] = "no-store"
    return response


@role_required()
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Look again at a judgment of mine from the last day, and change it."""
    user = signed_in(request)
    judgment = access_judgment(user, public_id)
    evaluation = judgment.assignment.evaluation
    if request.method != "POST":
        return show_said(request, judgment, user)
    form = JudgmentForm(evaluation.criteria.all(), request.POST)
    if not form.is_valid():
        return page(request, correction_context(judgment, user, form=form), status=422)
    try:
        services.correct_judgment(
            assessor=user,
            judgment_id=public_id,
            submission_id=form.cleaned_data["submission_id"],
            form=form.judgment_input(),
            now=timezone.now(),
            criteria=form.criteria,
        )
    except JudgmentInvalid as refusal:
        form.refuse(refusal)
        return page(request, correction_context(judgment, user, form=form), status=422)
    except Refusal as refusal:
        return go_on(request, user, evaluation, refusal)
    return go_on(request, user, evaluation)


def show_said(request: HttpRequest, judgment: Judgment, user: User) -> HttpResponse:
    """The judgment to change; one that was changed since leads back to work."""
    if not judgment.is_current:
        return redirect("assessment:judge", judgment.assignment.evaluation.public_id)
    return page(request, correction_context(judgment, user))
