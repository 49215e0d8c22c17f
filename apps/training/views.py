"""Pages of models and trainings, for researchers and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import researchers, signed_in
from apps.pipelines.problem_texts import shown
from apps.training.access import access_model, access_training, may_edit
from apps.training.card import card_html
from apps.training.forms import RecipeForm
from apps.training.queries import (
    curves_of,
    latest_model,
    milliseconds_left,
    models_of,
    others_of_name,
    seen,
    trainings_of,
    unlisted_names,
    uses_of,
)
from apps.training.recipes import chosen, shipped
from apps.training.services import (
    NoModel,
    TrainingRefused,
    cancel_training,
    recheck_recipe,
    register_model,
    start_training,
    write_recipe,
)
from apps.training.services.names import with_free_name
from apps.training.services.recipes import read_new_recipe
from apps.web.paging import page_of
from apps.web.posted import posted
from inference.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from apps.training.models import Training


@require_GET
@researchers
def list_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    page = page_of(request, models_of(user))
    context = {"trainings": trainings_of(user)[:50], "page": page, "unlisted": unlisted_names()}
    return render(request, "training/list.html", context)


@require_GET
@researchers
def model(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    found = access_model(user, public_id)
    others = list(others_of_name(found))
    context = {
        "model": found,
        "card": card_html(found.readme),
        "others": others,
        "latest": max([found, *others], key=lambda other: other.placed_at),
        "uses": uses_of(user, found),
        "training": found.trainings.order_by("-pk").first(),
    }
    return render(request, "training/model.html", context)


@require_GET
@researchers
def named(request: HttpRequest, name: str) -> HttpResponse:
    """Where pipelines send: to the card of the model that lies in the folder now."""
    found = latest_model(signed_in(request), name)
    if found is None:
        context = {"name": name, "unlisted": [name] if name in unlisted_names() else []}
        return render(request, "training/unknown.html", context, status=404)
    return redirect("training:model", found.public_id)


@require_POST
@researchers
def register(request: HttpRequest, name: str) -> HttpResponse:
    """Lists a model that came into the folder without the site."""
    if name not in unlisted_names():
        return redirect("training:list")
    try:
        found = register_model(actor=signed_in(request), folder=settings.MODEL_DIR / "vlm" / name)
    except NoModel as reason:
        messages.error(request, str(reason))
        return redirect("training:list")
    return redirect("training:model", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@researchers
def create(request: HttpRequest) -> HttpResponse:
    start = chosen(request.GET.get("from", ""))
    source = with_free_name(written_before(request) or start.source, signed_in(request))
    form = RecipeForm(posted(request), initial={"source": source})
    problems: list[Any] = []
    if form.is_bound and form.is_valid():
        try:
            training = write_recipe(actor=signed_in(request), source=form.cleaned_data["source"])
        except SpecError as error:
            problems = shown(error)
        else:
            return redirect("training:detail", training.public_id)
    context = {"form": form, "problems": problems, "start": start, "recipes": shipped()}
    return render(request, "training/create.html", context, status=422 if form.is_bound else 200)


def written_before(request: HttpRequest) -> str:
    """The recipe of the training that `?again=` names, if there is one."""
    try:
        public_id = UUID(request.GET.get("again", ""))
    except ValueError:
        return ""
    return access_training(signed_in(request), public_id).source


@require_POST
@researchers
def validate(request: HttpRequest) -> HttpResponse:
    """The list of problems, for the editor to show while one types."""
    try:
        read_new_recipe(signed_in(request), request.POST.get("source", ""))
    except SpecError as error:
        return render(request, "pipelines/problems.html", {"problems": shown(error)})
    return render(request, "pipelines/problems.html", {"checked": True})


@require_GET
@researchers
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    training = access_training(signed_in(request), public_id)
    return render(request, "training/detail.html", live_context(request, training))


@require_GET
@researchers
def live(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The part of the page that changes; it asks for itself again while something goes on, and is no page alone."""
    training = access_training(signed_in(request), public_id)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("training:detail", public_id)
    context = live_context(request, training)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "training/_live.html", context)


def live_context(request: HttpRequest, training: Training) -> dict[str, Any]:
    return {
        "training": training,
        "seen": seen(training),
        "curves": curves_of(training),
        "samples": training.samples.defer("picture"),
        "milliseconds_left": milliseconds_left(training),
        "may_edit": may_edit(signed_in(request), training),
    }


@require_GET
@researchers
def picture(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    training = access_training(signed_in(request), public_id)
    sample = get_object_or_404(training.samples, number=number)
    if not sample.picture:
        raise Http404
    response = HttpResponse(bytes(sample.picture), content_type="image/png")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@require_POST
@researchers
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user, again = signed_in(request), request.POST.get("again") == "1"
    training = access_training(user, public_id, to="edit")
    done = _("The training waits for a worker.")
    return attempt(request, training, lambda: start_training(actor=user, training=training, again=again), done)


@require_POST
@researchers
def recheck(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    training = access_training(user, public_id, to="edit")
    done = _("The recipe is checked once more.")
    return attempt(request, training, lambda: recheck_recipe(actor=user, training=training), done)


@require_POST
@researchers
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    training = access_training(user, public_id, to="edit")
    done = _("Cancelled. What was learned until the last checkpoint is kept.")
    return attempt(request, training, lambda: cancel_training(actor=user, training=training), done)


def attempt(request: HttpRequest, training: Training, write: Callable[[], object], done: str) -> HttpResponse:
    try:
        write()
    except TrainingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("training:detail", training.public_id)
