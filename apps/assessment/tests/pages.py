"""An assessor at a plain browser: reads the page, sends its form."""

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.assessment.models import Evaluation

RATINGS = dict.fromkeys(
    ["grammar", "readability", "comprehensiveness", "relevance", "errors", "hallucinations"], "same"
)
NOTHING_WRONG = {"faults_1": "none", "faults_2": "none"}
HTMX = {"HX-Request": "true"}


def judge_url(evaluation: Evaluation) -> str:
    return reverse("assessment:judge", args=[evaluation.public_id])


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the judging form."""
    form = page[page.index('id="judge-form"') :]
    found = re.findall(r'type="hidden" name="(assignment|lease|submission_id)" value="([^"]+)"', form)
    return {name: unescape(value) for name, value in reversed(found)}


def send(
    client: Client, evaluation: Evaluation, page: str, *, htmx: bool = False, shown: str | None = None, **said: str
) -> HttpResponse:
    """`shown`: what the page says it shows already, in the header X-Shown."""
    data = {"verdict": "left", "comment": ""} | NOTHING_WRONG | RATINGS | hidden(page) | said
    headers = {} if shown is None else HTMX | {"X-Shown": shown}
    return client.post(judge_url(evaluation), data, headers=HTMX | headers if htmx else headers)  # type: ignore[return-value]
