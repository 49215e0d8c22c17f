from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.access import researchers
from apps.generation.queries import queue_depths, workers_now

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@researchers
def workers(request: HttpRequest) -> HttpResponse:
    """Every queue and every worker; asks for its own middle part again while it is open."""
    part = "generation/_machines.html" if request.htmx else "generation/workers.html"  # type: ignore[attr-defined]
    return render(request, part, {"queues": queue_depths(), "workers": workers_now(), "is_page": True})
