from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_safe

from apps.web.examples import SOURCE, style_examples
from apps.web.forms import ExampleDefinitionForm, ExampleForm
from apps.web.health import broker_answers, database_answers


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Assessors go straight to their work; everyone else sees the walk through the rooms."""
    if request.user.is_authenticated and request.user.is_assessor:
        return redirect("assessment:my_work")
    return render(request, "web/home.html")


@require_safe
@login_required
def style(request: HttpRequest) -> HttpResponse:
    """Every component with its states, with made-up content."""
    if request.user.is_authenticated and request.user.is_assessor:
        raise PermissionDenied
    messages.success(request, translation.gettext("A message after something worked."))
    context = {
        "form": ExampleForm(auto_id="empty_%s"),
        "wrong": ExampleForm({"name": "", "number": "0"}, auto_id="wrong_%s"),
        "page": Paginator(range(240), 10).get_page(request.GET.get("page")),
        "definition": ExampleDefinitionForm(initial={"source": SOURCE}),
        **style_examples(),
    }
    return render(request, "web/style.html", context)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; asks nothing of anyone."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Work can be taken: 200 when the database and the broker answer, else 503 and which of them does not."""
    answers = {"database": database_answers(), "broker": broker_answers()}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


@require_GET
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116. Absent until `SECURITY_CONTACT` names someone."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + timedelta(days=180)).replace(microsecond=0).isoformat()
    lines = f"Contact: {settings.SECURITY_CONTACT}\nExpires: {expires}\nPreferred-Languages: en, ru\n"
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon, such as those of the admin site."""
    return redirect(static("icons/favicon.svg"))
