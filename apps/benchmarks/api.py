"""`POST /v1/chat/completions`: every pipeline for tools that speak OpenAI's protocol. Each request is a trial, answered
by the workers of the playground; it holds a web thread until then.
"""

from __future__ import annotations

import json
import time
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.bearer import bearer
from apps.benchmarks.chat import Asked, BadRequest, read_request, writable
from apps.benchmarks.completions import completion, error_body, event, failure, first_chunk, last_chunks
from apps.buckets.domain.limits import MEGABYTE
from apps.buckets.domain.problems import WHOLE_FILE, PictureProblem
from apps.buckets.importers.wording import worded
from apps.buckets.pictures.encoding import encode_picture
from apps.generation.models import AnswerState, Trial
from apps.generation.services import TrialRefused, give_up_trials, try_instruction
from apps.pipelines.models import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from apps.accounts.models import User
    from apps.buckets.pictures.encoding import Picture

LONGEST_WAIT_S, PAUSE_S, SIGN_OF_LIFE_S = 300.0, 0.2, 10.0
RETRY_AFTER_S = 3
MOST_BYTES = 64 * MEGABYTE
MOST_OPEN = 12  # of everybody: each holds a web thread, and pages need some


def openai_view(method: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Whoever the token belongs to is the second argument; what is refused is said in OpenAI's form."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            user = bearer(request)
            if user is None:
                message = "Send `Authorization: Bearer TOKEN`. Your profile's page “API tokens” makes one."
                return _error(401, message, "invalid_api_key")
            if request.method != method:
                return _error(405, f"This address answers {method} only.", "method_not_allowed")
            try:
                return view(request, user, **parts)
            except BadRequest as bad:
                return _error(bad.status, str(bad), bad.code, bad.param)
            except TrialRefused as refused:
                return _error(429, str(refused), "rate_limit_exceeded")

        return guarded

    return decorate


@openai_view("POST")
def chat_completions(request: HttpRequest, user: User) -> HttpResponseBase:
    asked = read_request(_body(request))
    trial = _ask(user, asked)
    if asked.streams:
        stream = StreamingHttpResponse(_stream(user, trial, asked), content_type="text/event-stream")
        stream.headers["X-Accel-Buffering"] = "no"  # nginx would hold it back
        return stream
    for _pause in _until_settled(user, trial):
        pass
    if wrong := failure(trial):
        refused = _error(*wrong)
        refused.headers["X-Should-Retry"] = "false"  # OpenAI's clients would ask twice more
        return refused
    return JsonResponse(completion(trial, asked.model))


@openai_view("GET")
def models(request: HttpRequest, user: User) -> HttpResponseBase:
    return JsonResponse({"object": "list", "data": [_model(row) for row in Pipeline.objects.order_by("name")]})


@openai_view("GET")
def model(request: HttpRequest, user: User, name: str) -> HttpResponseBase:
    return JsonResponse(_model(_pipeline(name)))


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponseBase:
    message = "There is no such address. There are POST /v1/chat/completions, GET /v1/models and GET /v1/models/NAME."
    return _error(404, message, "unknown_url")


def _body(request: HttpRequest) -> Any:
    """Read past Django's limit for forms: pictures come in it."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        message = f"The request is larger than {MOST_BYTES // MEGABYTE} MB. Send smaller pictures."
        raise BadRequest(message, "messages", code="request_too_large", status=413)
    try:
        return json.loads(request.read(MOST_BYTES))
    except (ValueError, RecursionError):
        raise BadRequest("The request is not JSON.", "body", code="invalid_json") from None


def _pipeline(name: str) -> Pipeline:
    pipeline = Pipeline.objects.filter(name=writable(name, "model")).first()
    if pipeline is None:
        message = f"There is no pipeline named “{name[:80]}”. GET /v1/models lists them."
        raise BadRequest(message, "model", code="model_not_found", status=404)
    return pipeline


def _model(pipeline: Pipeline) -> dict[str, Any]:
    created = int(pipeline.created_at.timestamp())
    return {"id": pipeline.name, "object": "model", "created": created, "owned_by": "sbs-platform"}


def _ask(user: User, asked: Asked) -> Trial:
    revision = _pipeline(asked.model).revisions.latest("number")
    pictures = [_encoded(data, f"picture {number}") for number, data in enumerate(asked.pictures, start=1)]
    if Trial.objects.filter(state__in=[AnswerState.WAITING, AnswerState.RUNNING]).count() >= MOST_OPEN:
        raise TrialRefused(f"{MOST_OPEN} questions wait for an answer already. Ask again in a few seconds.")
    [trial] = try_instruction(
        actor=user,
        revisions=[revision],
        instruction=asked.instruction,
        language=asked.language,
        pictures=pictures,
    )
    return trial


def _encoded(data: bytes, name: str) -> Picture:
    try:
        return encode_picture(data, name)
    except PictureProblem as problem:
        raise BadRequest(" ".join(worded(problem.at(WHOLE_FILE, name))), "messages", code="invalid_image") from None


def _until_settled(user: User, trial: Trial) -> Iterator[None]:
    """Yields between looks at the row. One that takes too long, or that nobody waits for any more, is given up."""
    ends = time.monotonic() + LONGEST_WAIT_S
    try:
        while not trial.is_settled and time.monotonic() < ends:
            yield
            time.sleep(PAUSE_S)
            trial.state = Trial.objects.values_list("state", flat=True).get(pk=trial.pk)
    finally:
        if not trial.is_settled:
            give_up_trials(actor=user, trials=[trial])
        trial.refresh_from_db()


def _stream(user: User, trial: Trial, asked: Asked) -> Iterator[str]:
    """Comments meanwhile keep the line open, and notice when the other side has gone."""
    yield first_chunk(trial, asked.model)
    said = time.monotonic()
    for _pause in _until_settled(user, trial):
        if time.monotonic() - said > SIGN_OF_LIFE_S:
            said = time.monotonic()
            yield ": waiting\n\n"
    wrong = failure(trial)
    if wrong:
        status, message, code = wrong
        yield event(error_body(message, code, status=status))
    else:
        yield last_chunks(trial, asked.model, tells_usage=asked.tells_usage)
    yield "data: [DONE]\n\n"


def _error(status: int, message: str, code: str, param: str | None = None) -> JsonResponse:
    response = JsonResponse(error_body(message, code, status=status, param=param), status=status)
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
