"""What one run said to one task, and beside it what another said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.access import researchers, signed_in
from apps.generation.access import access_answer
from apps.generation.domain.trace import readable_steps
from apps.generation.queries import neighbours

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
@researchers
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = access_answer(signed_in(request), public_id)
    before, after = neighbours(found)
    context = {
        "answer": found,
        "run": found.run,
        "steps": readable_steps(found.trace),
        "before": before,
        "after": after,
    }
    return render(request, "generation/answer.html", context)
