"""The words for what `domain` knows by key."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.refusals import (
    AlreadyCorrected,
    AlreadyJudged,
    EvaluationClosed,
    LateSubmit,
    NotAssessor,
    NotYours,
    Refusal,
    TooOld,
)
from apps.assessment.models import Evaluation, LeakKind

CRITERIA: dict[str, tuple[Promise, Promise]] = {
    "grammar": (_("Grammar"), _("Which answer has fewer mistakes of grammar, spelling and punctuation?")),
    "readability": (_("Readability"), _("Which answer is easier to read and better arranged?")),
    "comprehensiveness": (_("Comprehensiveness"), _("Which answer covers more of what was asked?")),
    "relevance": (_("Relevance"), _("Which answer keeps closer to what was asked?")),
    "errors": (_("Errors, logical and factual"), _("Which answer has fewer mistakes of logic and fact?")),
    "hallucinations": (
        _("Hallucinations"),
        _("Which answer invents less that is neither in the picture nor in the instruction?"),
    ),
}
VERDICTS: dict[str, Promise] = {
    "left_much": _("Answer 1 is much better"),
    "left": _("Answer 1 is better"),
    "tie": pgettext_lazy("verdict", "Tie"),
    "right": _("Answer 2 is better"),
    "right_much": _("Answer 2 is much better"),
    "both_bad": _("Both are bad"),
}
RATINGS: dict[str, Promise] = {
    "left": _("Answer 1 is better"),
    "same": pgettext_lazy("criterion", "Same"),
    "right": _("Answer 2 is better"),
}
CANNOT_OPEN: dict[str, Promise] = {
    "same_run": _("Choose two different runs."),
    "buckets": _("The two runs answer different buckets. Choose two runs over the same bucket and version."),
    "nothing": _("There is no task that both runs have answered or still may answer, so there is nothing to compare."),
    "overlap": _("The number of judgments per comparison must be between 1 and 20."),
    "lease": _("A lease lasts between 5 and 1440 minutes."),
    "criteria": _("There is no such set of criteria."),
    "unblinds": _("The guidelines name a pipeline. Assessors read them, so take the name out."),
}


REFUSALS: dict[type[Refusal], Promise] = {
    LateSubmit: _(
        "This comparison had gone on to someone else in the meantime, so your judgment of it was not counted. "
        "Here is the next one."
    ),
    AlreadyJudged: _("You had judged that comparison before; the first judgment stays. Here is the next one."),
    AlreadyCorrected: _("You had changed it before; the change made first stays. Change that one if you need to."),
    TooOld: _("A judgment can be changed for a day. This one is older, so it stands as it was."),
    EvaluationClosed: _("The evaluation has been closed, so what you just sent was not stored."),
    NotYours: _("That comparison was not yours to judge. Here is one that is."),
    NotAssessor: _("You no longer judge in this evaluation."),
}
SKIP_REFUSALS: dict[type[Refusal], Promise] = {
    LateSubmit: _(
        "This comparison had gone on to someone else in the meantime, so there was nothing to skip. "
        "Here is the next one."
    ),
    AlreadyJudged: _("You had judged that comparison before, so it was not skipped. Here is the next one."),
}
RENEW_REFUSALS: dict[type[Refusal], Promise] = {
    LateSubmit: _("You no longer hold this comparison: it went back to be judged by others. Reload the page."),
    AlreadyJudged: _("You have judged this comparison already, perhaps in another window. Reload the page."),
    NotYours: _("You do not hold this comparison. Reload the page."),
}


def refusal_words(refusal: Refusal, own: dict[type[Refusal], Promise] | None = None) -> Promise | str:
    """The sentence for the page; `own` are the words of the moment, before those of a submit."""
    return (REFUSALS | (own or {})).get(type(refusal)) or str(refusal)


def criterion_label(key: str) -> Promise | str:
    return CRITERIA[key][0] if key in CRITERIA else key


def leak_kind_label(key: str) -> Promise | str:
    return LeakKind(key).label if key in LeakKind.values else key


def title_for_assessors(evaluation: Evaluation) -> str:
    """The evaluation's name unless it would unblind; then a neutral one."""
    return evaluation.shown_name or gettext("Comparison of answers %(code)s") % {"code": evaluation.public_id.hex[:4]}
