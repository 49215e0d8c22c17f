"""The playground: one task through one or two revisions, its steps as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import researchers, signed_in
from apps.buckets.pictures.serving import picture_response
from apps.generation.access import access_trials
from apps.generation.domain.alignment import aligned
from apps.generation.domain.trace import readable_steps
from apps.generation.forms import TrialForm
from apps.generation.queries import trials_of, unattended_trials
from apps.generation.services import TrialRefused, give_up_trials, try_instruction, try_task
from apps.web.paging import page_of
from apps.web.posted import posted

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponseBase

    from apps.generation.models import Trial


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def playground(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = TrialForm(posted(request), request.FILES or None, user=user, initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        try:
            first, *_ = _start(request, form)
        except TrialRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("generation:trial", first.public_id)
    context = {"form": form, "page": page_of(request, trials_of(user), size=20)}
    return render(request, "generation/playground.html", context, status=422 if form.is_bound else 200)


def _start(request: HttpRequest, form: TrialForm) -> list[Trial]:
    asked, actor, revisions = form.cleaned_data, signed_in(request), form.revisions()
    if asked["task"] is not None:
        return try_task(actor=actor, revisions=revisions, task=asked["task"])
    return try_instruction(
        actor=actor,
        revisions=revisions,
        instruction=asked["instruction"],
        language=asked["language"],
        pictures=[asked["picture"]] if asked["picture"] else [],
    )


@require_GET
@researchers
def trial(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return render(request, "generation/trial.html", _context(request, public_id))


@require_GET
@researchers
def trial_live(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The part of the page that changes, or 204 while nothing has; it asks for itself again, and is no page alone."""
    context = _context(request, public_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("generation:trial", public_id)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "generation/trial_live.html", context)


def _context(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    trials = access_trials(signed_in(request), public_id)
    told = [(each, readable_steps(each.trace)) for each in trials]
    unattended = unattended_trials(trials)
    words = [f"{each.attempt}{each.state}{len(steps)}{'!' * (each.pk in unattended)}" for each, steps in told]
    return {
        "trial": trials[0],
        "trials": told,
        "is_settled": all(each.is_settled for each in trials),
        "unattended": unattended,
        "seen": " ".join(words),
    }


@require_POST
@researchers
def trial_give_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    count = give_up_trials(actor=user, trials=access_trials(user, public_id))
    words = ngettext("%(count)s trial was given up.", "%(count)s trials were given up.", count)
    messages.success(request, words % {"count": count})
    return redirect("generation:trial", public_id)


@require_GET
@researchers
def trial_compare(request: HttpRequest, public_id: UUID) -> HttpResponse:
    trials = access_trials(signed_in(request), public_id)
    if len(trials) != 2:
        raise Http404
    left, right = trials
    pairs = aligned(readable_steps(left.trace), readable_steps(right.trace))
    names = [left.revision, right.revision]
    context = {"left": left, "right": right, "names": names, "task": left.task, "trial": left, "pairs": pairs}
    return render(request, "generation/compare.html", context)


@require_GET
@researchers
def trial_picture(request: HttpRequest, public_id: UUID, number: int) -> HttpResponseBase:
    trial = access_trials(signed_in(request), public_id)[0]
    place = get_object_or_404(trial.places.select_related("image"), position=number)
    return picture_response(request, place.image)
