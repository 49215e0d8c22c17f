"""The comparison after the one on the screen. The page gets it beforehand, shows it as soon as the judgment is sent,
and says so with the judgment; then the answer need not carry it once more."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.access import role_required, signed_in
from apps.accounts.models import User
from apps.assessment import services
from apps.assessment.access import access_assignment
from apps.assessment.domain.attention import Shown
from apps.assessment.domain.refusals import Refusal
from apps.assessment.models import Assignment, Judgment
from apps.assessment.queries.checks import is_training
from apps.assessment.views.sheet import ahead_context, progress_context, seconds_left

LONGEST_MS = 24 * 3600 * 1000


@require_POST
@role_required()
def ahead(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Holds the comparison after this one: `{"sheet": html, "at_once": …}`, html empty when nothing is left. What
    follows a training comparison is not shown at once, since the lesson comes with it."""
    user, now = signed_in(request), timezone.now()
    place = access_assignment(user, public_id)
    try:
        after = services.reserve_next(assessor=user, evaluation=place.evaluation, beside=place, now=now)
    except Refusal as refusal:
        raise Http404 from refusal
    sheet = render_to_string("assessment/sheet.html", ahead_context(after, user), request) if after else ""
    response = JsonResponse({"sheet": sheet, "at_once": bool(after) and not is_training(place)})
    response["Cache-Control"] = "no-store"
    return response


def shown_meanwhile(request: HttpRequest, now: datetime) -> Shown | None:
    """By the header `X-Shown: place/lease/milliseconds since`; None when it is missing or makes no sense."""
    place, _, rest = request.headers.get("X-Shown", "").partition("/")
    lease, _, ms = rest.partition("/")
    try:
        since = now - timedelta(milliseconds=min(max(int(ms), 0), LONGEST_MS))
        return Shown(UUID(place), int(lease), since)
    except ValueError:
        return None


def saved_answer(request: HttpRequest, place: Assignment, user: User, just_said: Judgment | None) -> HttpResponse:
    """To a page that shows `place` already: how far the person is, and a way back to what was said."""
    context = progress_context(place.evaluation, user, just_said)
    context |= {"sheet": place, "saved": True, "seconds_left": seconds_left(place)}
    response = render(request, "assessment/sheet_saved.html", context)
    response["HX-Retarget"], response["Cache-Control"] = "#sheet-past", "no-store"
    return response
