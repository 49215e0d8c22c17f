"""From a request to what a model reads: its own chat template, or a plain text where it has none."""

from typing import Any

from jinja2 import TemplateError

from inference.declare import Request
from inference.models.weights import Weights


def chat_prompt(weights: Weights, request: Request) -> str:
    if not getattr(weights.processor, "chat_template", None):
        return plain_prompt(weights, request)
    try:
        return templated(weights, request, request.system)
    except TemplateError:  # some models know no system role
        joined = "\n\n".join(part for part in (request.system, request.user) if part)
        return templated(weights, Request(joined, None, request.images, request.sampling, request.seed), None)


def templated(weights: Weights, request: Request, system: str | None) -> str:
    messages = [{"role": "user", "content": content(weights, request.user, len(request.images))}]
    if system:
        messages.insert(0, {"role": "system", "content": content(weights, system, 0)})
    return str(weights.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def content(weights: Weights, text: str, images: int) -> Any:
    if not weights.reads_images:
        return text
    return [*({"type": "image"} for _ in range(images)), {"type": "text", "text": text}]


def plain_prompt(weights: Weights, request: Request) -> str:
    pictures = str(getattr(weights.processor, "image_token", "")) * len(request.images)
    return "\n\n".join(part for part in (request.system, pictures + request.user) if part) + "\n"
