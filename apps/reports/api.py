"""Reports for programs: what their pages give, by an API token in place of a session."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.bearer import bearer
from apps.assessment.access import access_evaluation
from apps.buckets.access import access_bucket
from apps.reports import services
from apps.reports.access import access_report
from apps.reports.exporters import exporters
from apps.reports.forms import LiftForm
from apps.reports.preferences.forms import forms
from apps.reports.queries import reports_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from apps.accounts.models import User
    from apps.reports.models import Report

NO_TOKEN = "Send `Authorization: Bearer TOKEN`. Your profile's page “API tokens” makes one."  # noqa: S105  no password


def api_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """GET alone; whoever the token belongs to is the second argument, and words are in their language, as on pages.
    What is refused is said in JSON."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        user = bearer(request)
        if user is None:
            return _refused(401, NO_TOKEN)
        if request.method not in ("GET", "HEAD"):
            return _refused(405, "This address answers GET only.")
        try:
            with translation.override(user.language or translation.get_language()):
                answer = view(request, user, **parts)
        except Http404:
            return _refused(404, "There is no such evaluation, bucket or report, or it is not yours to see.")
        patch_vary_headers(answer, ["Authorization"])
        return answer

    return guarded


@api_view
def reports(request: HttpRequest, user: User, evaluation: UUID) -> HttpResponseBase:
    """Snapshots of an evaluation, newest first, with the forms each can be had in."""
    found = access_evaluation(user, evaluation)
    return JsonResponse({"evaluation": str(found.public_id), **_listed(reports_of(user, found))})


@api_view
def rankings(request: HttpRequest, user: User, bucket: UUID) -> HttpResponseBase:
    """As `reports`, of a bucket's pipelines."""
    found = access_bucket(user, bucket)
    return JsonResponse({"bucket": str(found.public_id), **_listed(reports_of(user, found))})


def _listed(reports: Iterable[Report]) -> dict[str, object]:
    rows = [
        {"report": str(row.public_id), "frozen_at": row.created_at.isoformat(), "sha256": row.sha256} for row in reports
    ]
    return {"reports": rows, "forms": list(exporters())}


@api_view
def export(request: HttpRequest, user: User, public_id: UUID, form: str) -> HttpResponseBase:
    report = access_report(user, public_id)
    if form not in exporters():
        return _refused(404, f"There is no form “{form}”. There are {', '.join(exporters())}.")
    taken = services.download_report(actor=user, report=report, form=form)
    return HttpResponse(taken.content, content_type=taken.media_type, headers=attached(taken.filename))


@api_view
def judgments(request: HttpRequest, user: User, evaluation: UUID) -> HttpResponseBase:
    return streamed(services.export_judgments(actor=user, evaluation=access_evaluation(user, evaluation)))


@api_view
def preferences(request: HttpRequest, user: User, evaluation: UUID, form: str) -> HttpResponseBase:
    """`?lift=RULE`, repeated, takes in what the guard leaves out."""
    found, lift = access_evaluation(user, evaluation), LiftForm(request.GET).lifted
    if form not in forms():
        return _refused(404, f"There is no form “{form}”. There are {', '.join(forms())}.")
    return streamed(services.export_preferences(actor=user, evaluation=found, form=form, lift=lift))


def streamed(taken: services.Stream) -> StreamingHttpResponse:
    return StreamingHttpResponse(taken.content, content_type=taken.media_type, headers=attached(taken.filename))


def attached(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


def _refused(status: int, message: str) -> JsonResponse:
    answer = JsonResponse({"error": message}, status=status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
