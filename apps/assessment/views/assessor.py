"""The assessor's pages. Everything they answer is blind: ids of assignments, never of answers, runs or revisions."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import role_required, signed_in
from apps.accounts.models import User
from apps.assessment import services
from apps.assessment.access import access_assignment, access_evaluation, access_place
from apps.assessment.domain.attention import Shown
from apps.assessment.domain.refusals import JudgmentInvalid, NotAssessor, Refusal
from apps.assessment.forms.judging import JudgmentForm, SkipForm
from apps.assessment.labels import RENEW_REFUSALS, SKIP_REFUSALS, refusal_words
from apps.assessment.models import Evaluation, Judgment
from apps.assessment.queries import my_evaluations
from apps.assessment.queries.standing import midnight_before
from apps.assessment.views.ahead import saved_answer, shown_meanwhile
from apps.assessment.views.mine import own_context
from apps.assessment.views.pictures import picture_answer
from apps.assessment.views.sheet import end_context, sheet_context


@require_safe
@role_required()
def my_work(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    work = my_evaluations(user, now=now, midnight=midnight_before(now))
    context = own_context(user) | {"work": work, "today": sum(item.today for item in work)}
    return render(request, "assessment/my_work.html", context)


@role_required()
def judge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    try:
        evaluation = access_evaluation(user, public_id, to="judge")
    except Http404:
        return no_longer(request)
    return submit(request, user, evaluation) if request.method == "POST" else show_next(request, user, evaluation)


def submit(request: HttpRequest, user: User, evaluation: Evaluation) -> HttpResponse:
    form = JudgmentForm(evaluation.criteria.all(), request.POST)
    if not form.is_valid():
        return show_again(request, user, form)
    said, now = form.cleaned_data, timezone.now()
    shown = shown_meanwhile(request, now)
    try:
        judgment = services.submit_judgment(
            assessor=user,
            assignment_id=said["assignment"],
            lease=said["lease"],
            submission_id=said["submission_id"],
            form=form.judgment_input(),
            now=now,
            left=shown.since if shown else None,
            criteria=form.criteria,
        )
    except JudgmentInvalid as refusal:
        form.refuse(refusal)
        return show_again(request, user, form)
    except Refusal as refusal:
        return go_on(request, user, evaluation, refusal)
    just_said = judgment if judgment.judged_at == now else None
    shown = shown.after(judgment.ended_at) if shown else None
    return go_on(request, user, evaluation, just_said=just_said, shown=shown)


def show_again(request: HttpRequest, user: User, form: JudgmentForm) -> HttpResponse:
    """The same comparison with what is missing marked."""
    if "assignment" not in form.cleaned_data:
        raise Http404
    place = access_assignment(user, form.cleaned_data["assignment"])
    return page(request, sheet_context(place, user, form=form), status=422)


def no_longer(request: HttpRequest) -> HttpResponse:
    """404 for those who don't judge here; the page gets a sentence with it, the same whether the address exists."""
    if not request.htmx:  # type: ignore[attr-defined]
        raise Http404
    return JsonResponse({"message": str(refusal_words(NotAssessor()))}, status=404)


def go_on(
    request: HttpRequest,
    user: User,
    evaluation: Evaluation,
    refusal: Refusal | None = None,
    *,
    words: dict[type[Refusal], Promise] | None = None,
    just_said: Judgment | None = None,
    shown: Shown | None = None,
) -> HttpResponse:
    """The next comparison, in the same answer for htmx, by a redirect for a plain browser."""
    if isinstance(refusal, NotAssessor):
        return no_longer(request)
    if request.htmx:  # type: ignore[attr-defined]
        said = refusal_words(refusal, words) if refusal else None
        return show_next(
            request, user, evaluation, refusal=said, saved=refusal is None, just_said=just_said, shown=shown
        )
    if refusal:
        messages.warning(request, str(refusal_words(refusal, words)))
    return redirect("assessment:judge", evaluation.public_id)


def show_next(
    request: HttpRequest,
    user: User,
    evaluation: Evaluation,
    *,
    refusal: Promise | str | None = None,
    saved: bool = False,
    just_said: Judgment | None = None,
    shown: Shown | None = None,
) -> HttpResponse:
    place = services.claim_comparison(assessor=user, evaluation=evaluation, now=timezone.now(), shown=shown)
    said = {"refusal": refusal, "saved": saved, "came": "waits" in request.GET}
    if place is None:
        return end(request, end_context(evaluation, user, just_said) | said)
    place.evaluation = evaluation  # with its criteria, which are read already
    if shown and shown.is_place(place.public_id, place.lease):
        return saved_answer(request, place, user, just_said)
    return page(request, sheet_context(place, user, just_said=just_said) | said)


def end(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """No comparison. For the page that says so already and looks again every now and then, nothing: it stays."""
    if "waits" in request.GET and context["waits"] and request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return page(request, context)


def page(request: HttpRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    template = "assessment/sheet_answer.html" if request.htmx else "assessment/judge.html"  # type: ignore[attr-defined]
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    if status == 422:
        response["HX-Reswap"] = "outerHTML"  # not to the top of the window: to the mistakes, which take the focus
    return response


@require_POST
@role_required()
def skip(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    try:
        place = access_place(user, public_id)
    except Http404:
        return no_longer(request)
    form = SkipForm(request.POST)
    if not form.is_valid():
        return page(request, sheet_context(access_assignment(user, public_id), user, skip_form=form), status=422)
    try:
        services.skip_comparison(assessor=user, assignment_id=public_id, now=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        return go_on(request, user, place.evaluation, refusal, words=SKIP_REFUSALS)
    return go_on(request, user, place.evaluation)


@require_POST
@role_required()
def renew(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """The heartbeat: `{"seconds": …}` until the lease ends, or 409 when there is nothing left to renew."""
    now = timezone.now()
    lease = request.POST.get("lease", "")
    try:
        until = services.renew_lease(
            assessor=signed_in(request), assignment_id=public_id, lease=int(lease) if lease.isdecimal() else -1, now=now
        )
    except Refusal as refusal:
        return JsonResponse({"message": str(refusal_words(refusal, RENEW_REFUSALS))}, status=409)
    return JsonResponse({"seconds": round((until - now) / timedelta(seconds=1))})


@require_safe
@role_required()
def picture(request: HttpRequest, public_id: UUID, number: int) -> HttpResponseBase:
    return picture_answer(access_assignment(signed_in(request), public_id).comparison.task, number)
