"""What one run said to one task, and beside it what another said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.access import researchers, signed_in
from apps.generation.access import access_answer
from apps.generation.domain.alignment import aligned
from apps.generation.domain.trace import readable_steps
from apps.generation.queries import answers_beside, counterpart, neighbours

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
        "others": answers_beside(signed_in(request), found)[:10],
    }
    return render(request, "generation/answer.html", context)


@require_GET
@researchers
def compare(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    left, right = (access_answer(signed_in(request), found) for found in (public_id, other_id))
    if left.task_id != right.task_id:
        raise Http404
    context = {
        "left": left,
        "right": right,
        "names": [left.run.revision, right.run.revision],
        "task": left.task,
        "pairs": aligned(readable_steps(left.trace), readable_steps(right.trace)),
        "steps_beside": [(found, counterpart(found, right.run)) for found in neighbours(left)],
    }
    return render(request, "generation/compare.html", context)
