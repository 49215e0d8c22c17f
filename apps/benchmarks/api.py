"""`POST /v1/chat/completions`: every pipeline for tools that speak OpenAI's protocol. Each request is a trial, answered
by the workers of the playground; it holds a web thread until then.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.bearer import bearer
from apps.benchmarks.chat import Asked, BadRequest, read_request
from apps.buckets.domain.problems import PictureProblem
from apps.buckets.pictures.encoding import encode_picture
from apps.generation.models import AnswerState, Trial
from apps.generation.services import TrialRefused, give_up_trials, try_instruction
from apps.pipelines.models import Pipeline

LONGEST_WAIT_S, PAUSE_S = 300.0, 0.2


@csrf_exempt
@require_POST
def chat_completions(request: HttpRequest) -> JsonResponse:
    user = bearer(request)
    if user is None:
        return _error(401, "Send `Authorization: Bearer` with a token of `manage.py api_token`.", "invalid_api_key")
    try:
        asked = read_request(json.loads(request.body))
        [trial] = _ask(user, asked)
    except json.JSONDecodeError:
        return _error(400, "The request is not JSON.", "invalid_json")
    except BadRequest as bad:
        return _error(400, str(bad), "invalid_request", bad.param)
    except TrialRefused as refused:
        return _error(429, str(refused), "rate_limit_exceeded")
    return _reply(_settled(user, trial), asked)


@require_safe
def models(request: HttpRequest) -> JsonResponse:
    if bearer(request) is None:
        return _error(401, "Send `Authorization: Bearer` with a token of `manage.py api_token`.", "invalid_api_key")
    rows = Pipeline.objects.order_by("name").values_list("name", flat=True)
    return JsonResponse(
        {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "us"} for name in rows]}
    )


def _ask(user: Any, asked: Asked) -> list[Trial]:
    pipeline = Pipeline.objects.filter(name=asked.model).first()
    if pipeline is None:
        raise BadRequest(f"There is no pipeline named “{asked.model[:80]}”. GET /v1/models lists them.", "model")
    try:
        picture = encode_picture(asked.picture, "image_url") if asked.picture else None
    except PictureProblem:
        raise BadRequest("The picture does not decode. Send PNG, JPEG or WebP, whole.", "messages") from None
    revision = pipeline.revisions.latest("number")
    return try_instruction(
        actor=user, revisions=[revision], instruction=asked.instruction, language="en", pictures=[picture] if picture else []
    )


def _settled(user: Any, trial: Trial) -> Trial:
    """Waits; a trial that takes too long is given up."""
    ends = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < ends:
        trial.refresh_from_db()
        if trial.is_settled:
            return trial
        time.sleep(PAUSE_S)
    give_up_trials(actor=user, trials=[trial])
    trial.refresh_from_db()
    return trial


def _reply(trial: Trial, asked: Asked) -> JsonResponse:
    if trial.state == AnswerState.CANCELLED:
        return _error(504, "No worker answered in time. The page of workers says which there are.", "timeout")
    if trial.state != AnswerState.DONE:
        return _error(500, f"The pipeline failed: {trial.error[:300]}", trial.error_kind or "failed")
    steps = [step for step in trial.trace if isinstance(step, dict)]
    counts = [sum(step.get(name) or 0 for step in steps) for name in ("prompt_tokens", "completion_tokens")]
    message = {"role": "assistant", "content": trial.text or ""}
    finish = next((step["finish_reason"] for step in reversed(steps) if step.get("finish_reason")), "stop")
    return JsonResponse(
        {
            "id": f"chatcmpl-{trial.public_id}",
            "object": "chat.completion",
            "created": int(trial.created_at.timestamp()),
            "model": asked.model,
            "choices": [{"index": 0, "message": message, "finish_reason": "length" if finish == "length" else "stop"}],
            "usage": {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": sum(counts)},
        }
    )


def _error(status: int, message: str, code: str, param: str | None = None) -> JsonResponse:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return JsonResponse({"error": {"message": message, "type": kind, "param": param, "code": code}}, status=status)
