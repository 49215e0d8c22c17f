"""The assessor's own pages beside the judging one: totals, languages, messages, guidelines with worked examples."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import role_required, signed_in
from apps.accounts.models import User
from apps.assessment.access import access_evaluation
from apps.assessment.forms.standing import LanguagesForm
from apps.assessment.labels import title_for_assessors
from apps.assessment.queries.checks import example_items
from apps.assessment.queries.languages import languages_of
from apps.assessment.queries.mine import languages_offered, my_totals, worked_examples
from apps.assessment.queries.standing import messages_to
from apps.assessment.services.standing import choose_languages, read_messages
from apps.assessment.views.pictures import picture_answer
from apps.assessment.views.tables import work_cells
from apps.web.spreadsheets import csv_answer


def own_context(user: User) -> dict[str, object]:
    """Messages and languages, for the page “My work”. With one language there is nothing to choose."""
    offered = languages_offered(user)
    latest = messages_to(user)[:20]
    return {
        "messages_to_me": latest,
        "unread": any(message.read_at is None for message in latest),
        "languages": LanguagesForm(offered, chosen=languages_of(user)) if len(offered) > 1 else None,
    }


@require_safe
@role_required()
def totals(request: HttpRequest) -> HttpResponse:
    """What I did in every evaluation; named as I know it."""
    head = ["evaluation", "month", "comparisons", "hours", "first", "last"]
    rows = [[title_for_assessors(evaluation), *work_cells(row)] for evaluation, row in my_totals(signed_in(request))]
    return csv_answer("my-work", head, rows)


@require_POST
@role_required()
def languages(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = LanguagesForm(languages_offered(user), request.POST)
    if form.is_valid():
        choose_languages(actor=user, tags=form.cleaned_data["tags"])
        messages.success(request, _("From now on you get comparisons in these languages."))
    else:
        messages.error(request, _("Nothing was changed: choose among the languages on the page."))
    return redirect("assessment:my_work")


@require_POST
@role_required()
def read(request: HttpRequest) -> HttpResponse:
    """Back to the page of my work; beside a comparison they only go away."""
    read_messages(assessor=signed_in(request), now=timezone.now())
    return HttpResponse() if request.htmx else redirect("assessment:my_work")  # type: ignore[attr-defined]


@require_safe
@role_required()
def guidelines(request: HttpRequest, public_id: UUID) -> HttpResponse:
    evaluation = access_evaluation(signed_in(request), public_id, to="judge")
    context = {"evaluation": evaluation, "examples": worked_examples(evaluation)}
    return render(request, "assessment/guidelines.html", context)


@require_safe
@role_required()
def example_picture(request: HttpRequest, public_id: UUID, example: int, number: int) -> HttpResponseBase:
    """Of a worked example; both numbers count from 1, as on the page."""
    items = example_items(access_evaluation(signed_in(request), public_id, to="judge"))
    if not 1 <= example <= len(items):
        raise Http404
    return picture_answer(items[example - 1].source.task, number)
