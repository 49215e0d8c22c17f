"""What a chat request says to an OpenAI-compatible server. Every field of `Sampling` is in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from inference.declare import Request
from inference.models.pictures import SentPicture
from inference.spec.model import ModelSpec

# Servers that tell who they are (`owned_by` of GET /models) sample by further defaults, their own or the model's,
# unless these are sent; other servers may refuse fields that OpenAI's API doesn't have.
NEUTRAL: Mapping[str, Mapping[str, Any]] = {
    "vllm": {"top_k": -1, "min_p": 0.0},
    "sglang": {"top_k": -1, "min_p": 0.0},
    "llamacpp": {"top_k": 0, "min_p": 0.0},
}
PENALTY = {"llamacpp": "repeat_penalty"}
TRANSFORMERS = "transformers"  # `transformers serve` refuses fields that OpenAI's API doesn't have


def chat_body(spec: ModelSpec, server: str, request: Request, pictures: Sequence[SentPicture]) -> dict[str, Any]:
    """The JSON of POST /chat/completions. `server` is who the server says it is, or empty."""
    sampling = request.sampling
    body: dict[str, Any] = {
        **NEUTRAL.get(server, {}),
        **spec.extra_body,
        "model": spec.source,
        "messages": messages(request, pictures),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": wire_seed(request),
        "stream": False,
    }
    if server == TRANSFORMERS:  # 5.23 adds 1 and takes it for its repetition penalty; its default is the model's
        body["frequency_penalty"] = round(sampling.repetition_penalty - 1, 6)
    elif server in NEUTRAL or sampling.repetition_penalty != 1:
        body[PENALTY.get(server, "repetition_penalty")] = sampling.repetition_penalty
    return body


def wire_seed(request: Request) -> int:
    """31 bits of the seed: what every server takes (llama.cpp keeps 32, vLLM and SGLang 64)."""
    return request.seed & 0x7FFF_FFFF


def messages(request: Request, pictures: Sequence[SentPicture]) -> list[dict[str, Any]]:
    """Pictures stand before the text, as in the chat of local models."""
    user: Any = request.user
    if pictures:
        parts = [{"type": "image_url", "image_url": {"url": picture.uri}} for picture in pictures]
        user = [*parts, {"type": "text", "text": request.user}]
    system = [{"role": "system", "content": request.system}] if request.system else []
    return [*system, {"role": "user", "content": user}]


def told_prompt(request: Request) -> str:
    """The messages as a text for the trace; the server's chat template is not seen here."""
    system = f"[system]\n{request.system}\n\n" if request.system else ""
    return f"{system}[user]\n{'<image>' * len(request.images)}{request.user}"
