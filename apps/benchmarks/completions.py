"""A trial's answer, and what went wrong, as OpenAI's protocol says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.generation.models import AnswerState, FailureKind

if TYPE_CHECKING:
    from apps.generation.models import Trial


def error_body(message: str, code: str, *, status: int, param: str | None = None) -> dict[str, Any]:
    kind = {401: "authentication_error", 429: "rate_limit_error"}.get(status, "invalid_request_error")
    kind = kind if status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def failure(trial: Trial) -> tuple[int, str, str] | None:
    """Status, message and code of a settled trial that has no answer."""
    if trial.state == AnswerState.DONE:
        return None
    if trial.state == AnswerState.CANCELLED:
        return 504, "No worker answered in time. The page of workers says which there are.", "timeout"
    status = 400 if trial.error_kind == FailureKind.INPUT else 500
    return status, f"The pipeline failed: {trial.error[:300]}", trial.error_kind or "failed"


def completion(trial: Trial, model: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": trial.text or "", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(trial)}
    return {**_about(trial, model, "chat.completion"), "choices": [choice], "usage": _usage(trial)}


def first_chunk(trial: Trial, model: str) -> str:
    return _chunk(trial, model, {"role": "assistant", "content": ""})


def last_chunks(trial: Trial, model: str, *, tells_usage: bool) -> str:
    """The whole text at once: pipelines hand it over when their last step is done."""
    usage = {**_about(trial, model, "chat.completion.chunk"), "choices": [], "usage": _usage(trial)}
    said = _chunk(trial, model, {"content": trial.text or ""})
    return said + _chunk(trial, model, {}, _finish(trial)) + (event(usage) if tells_usage else "")


def event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def _chunk(trial: Trial, model: str, delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return event({**_about(trial, model, "chat.completion.chunk"), "choices": [choice]})


def _about(trial: Trial, model: str, kind: str) -> dict[str, Any]:
    """The fingerprint is the revision's: the same one answers alike."""
    return {
        "id": f"chatcmpl-{trial.public_id}",
        "object": kind,
        "created": int(trial.created_at.timestamp()),
        "model": model,
        "system_fingerprint": f"fp_{trial.revision.sha256[:12]}",
    }


def _steps(trial: Trial) -> list[dict[str, Any]]:
    return [step for step in trial.trace if isinstance(step, dict)]


def _finish(trial: Trial) -> str:
    found = next((step["finish_reason"] for step in reversed(_steps(trial)) if step.get("finish_reason")), "stop")
    return "length" if found == "length" else "stop"


def _usage(trial: Trial) -> dict[str, int]:
    """Over all steps that ask a model."""
    asked, said = (
        sum(step.get(name) or 0 for step in _steps(trial)) for name in ("prompt_tokens", "completion_tokens")
    )
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
