"""Pages of pipelines: researchers and admins write, read and compare definitions."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import researchers, signed_in
from apps.pipelines.access import access_pipeline, access_revision
from apps.pipelines.domain.differences import differences
from apps.pipelines.forms import PipelineForm, SourceForm
from apps.pipelines.models import PipelineRevision
from apps.pipelines.presets import chosen, offered
from apps.pipelines.problem_texts import ShownProblem, shown
from apps.pipelines.queries import earlier_revision, latest_revision, pipeline_list, revisions_of, step_summaries
from apps.pipelines.services import NameTaken, create_pipeline, save_revision
from apps.web.paging import page_of
from apps.web.posted import posted
from inference.spec import SpecError, parse_spec


@researchers
@require_safe
def list_pipelines(request: HttpRequest) -> HttpResponse:
    page = page_of(request, pipeline_list(signed_in(request)))
    return render(request, "pipelines/list.html", {"page": page})


@researchers
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    pipeline = access_pipeline(signed_in(request), public_id)
    latest = latest_revision(pipeline)
    page = page_of(request, revisions_of(pipeline))
    context = {"pipeline": pipeline, "revision": latest, "steps": step_summaries(latest), "page": page}
    return render(request, "pipelines/detail.html", context)


@researchers
@require_safe
def revision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shown_revision = access_revision(signed_in(request), public_id)
    other = earlier_revision(shown_revision, request.GET.get("against", ""))
    context = {
        "pipeline": shown_revision.pipeline,
        "revision": shown_revision,
        "steps": step_summaries(shown_revision),
        "others": revisions_of(shown_revision.pipeline).exclude(pk=shown_revision.pk),
        "other": other,
        "lines": differences(other.source, shown_revision.source) if other else [],
    }
    return render(request, "pipelines/revision.html", context)


@researchers
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    start = chosen(request.GET.get("from", ""))
    form = PipelineForm(posted(request), initial={"source": start.source})

    def write(source: str) -> PipelineRevision:
        name, description = parse_spec(source).name, form.cleaned_data["description"]
        return create_pipeline(actor=user, name=name, description=description, source=source)

    saved, problems = attempt(form, write)
    if saved is None:
        return editor(
            request, "pipelines/create.html", {"form": form, "problems": problems, "start": start, "presets": offered()}
        )
    messages.success(request, _("The pipeline is saved."))
    return redirect("pipelines:detail", saved.pipeline.public_id)


@researchers
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    pipeline = access_pipeline(user, public_id, to="edit")
    latest = latest_revision(pipeline)
    form = SourceForm(posted(request), initial={"source": latest.source})
    saved, problems = attempt(form, lambda source: save_revision(actor=user, pipeline=pipeline, source=source))
    if saved is None:
        return editor(request, "pipelines/revise.html", {"form": form, "problems": problems, "pipeline": pipeline})
    tell_saved(request, saved, is_new=saved.number > latest.number)
    return redirect("pipelines:detail", pipeline.public_id)


@researchers
@require_POST
def validate(request: HttpRequest) -> HttpResponse:
    """The list of problems, for the editor to show while one types."""
    try:
        parse_spec(request.POST.get("source", ""))
    except SpecError as error:
        return render(request, "pipelines/problems.html", {"problems": shown(error), "checked": True})
    return render(request, "pipelines/problems.html", {"problems": [], "checked": True})


def attempt(
    form: SourceForm, write: Callable[[str], PipelineRevision]
) -> tuple[PipelineRevision | None, list[ShownProblem]]:
    """The revision that was written, or None with what is wrong on the form and in the definition."""
    if not form.is_valid():
        return None, []
    try:
        return write(form.cleaned_data["source"]), []
    except NameTaken as error:
        text = _("There is a pipeline called “%(name)s” already; change “name:”.") % {"name": error}
        form.add_error("source", text)
        return None, []
    except SpecError as error:
        form.add_error("source", _("The definition is not sound yet; nothing was saved."))
        return None, shown(error)


def editor(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def tell_saved(request: HttpRequest, revision: PipelineRevision, *, is_new: bool) -> None:
    facts = {"number": revision.number}
    if is_new:
        messages.success(request, _("The definition is saved as revision %(number)d.") % facts)
    else:
        messages.info(request, _("Revision %(number)d says the same already; nothing new was saved.") % facts)
