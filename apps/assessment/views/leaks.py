"""The researcher's page of what in the answers might unblind."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.assessment import queries, services
from apps.assessment.access import access_evaluation
from apps.assessment.forms.leaks import STATUSES, DecideForm, LeakFilter
from apps.assessment.models import Decision, Evaluation
from apps.web.paging import page_of


@require_safe
@researchers
def leaks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    evaluation = access_evaluation(signed_in(request), public_id)
    return show_leaks(request, evaluation)


def show_leaks(request: HttpRequest, evaluation: Evaluation, form: DecideForm | None = None) -> HttpResponse:
    chosen = LeakFilter(request.GET).chosen
    page = page_of(request, queries.leak_hits(evaluation, **chosen), 25)
    context = {
        "evaluation": evaluation,
        "form": form,
        "counts": queries.leak_counts(evaluation),
        "pairs": queries.pair_counts(evaluation),
        "unscanned": queries.unscanned_comparisons(evaluation),
        "page": page,
        "shown": [queries.shown_hit(evaluation, hit) for hit in page],
        "statuses": STATUSES,
        "decisions": Decision.choices,
        **chosen,
    }
    return render(request, "assessment/leaks.html", context, status=422 if form else 200)


@require_POST
@researchers
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Back to the same list, where the next undecided place comes first."""
    user = signed_in(request)
    evaluation = access_evaluation(user, public_id)
    form = DecideForm(request.POST)
    form.refuse_unseen(evaluation)
    if not form.is_valid():
        return show_leaks(request, evaluation, form)
    done = services.decide_leaks(
        actor=user,
        evaluation=evaluation,
        hits=form.hits_of(evaluation),
        choice=form.decision,
        now=timezone.now(),
    )
    tell(request, done)
    address = reverse("assessment:leaks", args=[public_id])
    return redirect(f"{address}?{urlencode(LeakFilter(request.GET).chosen)}#hits")


def tell(request: HttpRequest, done: services.Decided) -> None:
    said = ngettext("%(count)d place decided.", "%(count)d places decided.", done.hits) % {"count": done.hits}
    messages.success(request, said)
    if done.too_late:
        late = ngettext(
            "%(count)d place stays as it is: an assessor has begun its comparison.",
            "%(count)d places stay as they are: assessors have begun their comparisons.",
            done.too_late,
        )
        messages.warning(request, late % {"count": done.too_late})
