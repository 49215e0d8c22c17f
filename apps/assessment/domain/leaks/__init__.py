"""What in an answer would tell an assessor which pipeline wrote it. Pure functions; the words are `lexicon.toml`."""

from apps.assessment.domain.leaks.lexicon import LEXICON_VERSION
from apps.assessment.domain.leaks.masking import MASK, mask_spans
from apps.assessment.domain.leaks.own import own_names, own_prompts
from apps.assessment.domain.leaks.scan import MOST_SPANS, Secrets, scan_answer
from apps.assessment.domain.leaks.settling import settle
from apps.assessment.domain.leaks.spans import KINDS, Span

__all__ = [
    "KINDS",
    "LEXICON_VERSION",
    "MASK",
    "MOST_SPANS",
    "Secrets",
    "Span",
    "mask_spans",
    "own_names",
    "own_prompts",
    "scan_answer",
    "settle",
]
