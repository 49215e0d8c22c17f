"""The words for what `domain` knows by key."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.criteria_yaml import SetProblem
from apps.assessment.domain.found import LEFT_OUT, OWN, VERDICT, Becomes, Found
from apps.assessment.domain.marks import AT_MOST, MarkWrong
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
SET_NAMES: dict[str, Promise] = {
    "standard": _("Compare grammar, readability, comprehensiveness, relevance; mark errors and hallucinations"),
    "comparative": _("Compare all six, errors and hallucinations too: quicker, and says less"),
}
MISSING: dict[str, Promise] = {
    "verdict": _("Say which answer is better, or that none is."),
    "faults": _("Mark what is wrong in this answer, or say that you saw nothing wrong."),
    "scale": _("Choose a point on the scale."),
    "rating": _("Choose one of the three."),
    "marks": _("Nothing is marked in this evaluation."),
}
MARK_WRONG: dict[str, Promise] = {
    "shape": _("Mark %(number)s is not a mark: %(detail)s."),
    "too_long": _("The marks are too long together. Make fewer, or shorter ones."),
    "too_many": _("There are more than %(most)s marks. Keep the gravest ones."),
    "kind": _("Mark %(number)s is of a kind that this evaluation does not ask for."),
    "severity": _("Mark %(number)s is neither minor nor major."),
    "half": _("Mark %(number)s needs its start, its end and the words between them, or none of the three."),
    "range": _("Mark %(number)s ends outside the answer, or before it starts."),
    "quote": _("Mark %(number)s does not stand where it says: the answer has other words there. Make it again."),
    "blank": _("Mark %(number)s has no words."),
    "picture": _("Mark %(number)s shows a place in a picture that the task does not have."),
    "region": _("Mark %(number)s shows a place that reaches out of the picture."),
}
SET_PROBLEMS: dict[str, Promise] = {
    "not_yaml": _("this is not YAML: %(detail)s"),
    "too_long": _("a set of criteria has at most %(detail)s characters"),
    "alias": _("write it out instead of referring to it with an asterisk"),
    "missing": _("this is missing"),
    "unknown": _("there is no such key here; take it out"),
    "one_of": _("it must be %(detail)s"),
    "letters": _("use small Latin letters, digits and underscores in a key, and no control characters anywhere"),
    "shape": _("the value does not fit: %(detail)s"),
    "twice": _("“%(detail)s” stands here twice; give one another key"),
    "reserved": _("the form has a field “%(detail)s” already; choose another key"),
    "nameless": _("“%(detail)s” needs a name, since the platform has no words of its own for it"),
    "scale": _("a criterion of the kind absolute needs a scale, and no other has one"),
    "marks": _("a criterion of the kind marks needs a list of marks, and no other has one"),
    "kind_twice": _("the mark “%(detail)s” may belong to one criterion only"),
    "marks_always": _("marks are always asked for; take only_if out"),
    "depends": _("“%(detail)s” is neither the verdict nor an earlier criterion that compares or marks"),
    "values": _("it can only be: %(detail)s"),
}
CANNOT_OPEN: dict[str, Promise] = {
    "same_run": _("Choose two different runs."),
    "buckets": _("The two runs answer different buckets. Choose two runs over the same bucket and version."),
    "nothing": _("There is no task that both runs have answered or still may answer, so there is nothing to compare."),
    "overlap": _("The number of judgments per comparison must be between 1 and 20."),
    "lease": _("A lease lasts between 5 and 1440 minutes."),
    "most_overlap": _("Judgments while unsure must be more than those per comparison, at most 20. Or leave it empty."),
    "checks": _("Gold, the same answer twice and re-tests must be half of what assessors judge at most."),
    "unblinds": _("The guidelines name a pipeline. Assessors read them, so take the name out."),
    "criteria_unblind": _("The criteria name a pipeline. Assessors read them, so take the name out."),
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

RULE_WARNINGS: dict[str, Promise] = {
    "gold": _(
        "Several of your latest judgments miss what is known to be right. "
        "Please read the guidelines once more and take the time you need."
    ),
    "fast": _("You judge faster than anyone can read both answers. Please take the time you need."),
    "side": _("You have preferred the answer on the same side many times in a row. Please compare both answers."),
    "ties": _("You have judged many comparisons in a row to be ties. Please say which answer is better where one is."),
    "guess": _(
        "Several of your latest judgments miss what is known to be right, as if they were guessed. "
        "Please read the guidelines once more and take the time you need."
    ),
    "skips": _("You have skipped several comparisons in a row. If something keeps you from judging, say so."),
}
NO_WORK: dict[str, Promise] = {
    "paused": _("Your work here is paused. A researcher will look at it and can let you go on."),
    "banned": _("Your work here has ended. Ask a researcher if you think that this is a mistake."),
    "cap": _("You have judged as many comparisons as one person may on a day. Thank you! Go on tomorrow."),
    "unprepared": _(
        "There are not enough prepared comparisons yet for your training or exam. A researcher sees that you wait."
    ),
    "unqualified": _(
        "Here judge those who have passed the exam of another evaluation, and you have not. "
        "A researcher can tell you where it is."
    ),
    "failed": _("You have not reached the pass mark of the exam, so there is nothing to judge for you here."),
}


def refusal_words(refusal: Refusal, own: dict[type[Refusal], Promise] | None = None) -> Promise | str:
    """The sentence for the page; `own` are the words of the moment, before those of a submit."""
    return (REFUSALS | (own or {})).get(type(refusal)) or str(refusal)


def criterion_label(key: str) -> Promise | str:
    return CRITERIA[key][0] if key in CRITERIA else key


def criterion_words(key: str, name: str = "", question: str = "") -> tuple[Promise | str, Promise | str]:
    """Name and question: a set's own words, else the platform's."""
    known = CRITERIA.get(key, (key, ""))
    return (name, question) if name else (known[0], question or known[1])


def side_label(label: Promise | str, number: int) -> str:
    return gettext("%(criterion)s: answer %(number)s") % {"criterion": label, "number": number}


def missing_words(field: str) -> Promise:
    """What to do about a field of the judging form; scales end in the number of their answer."""
    name = field.rpartition("_")[0] if field.endswith(("_1", "_2")) else field
    fallback = "scale" if name != field else "rating"
    return MISSING.get(name, MISSING[fallback])


def mark_wrong_words(wrong: MarkWrong) -> str:
    return str(MARK_WRONG[wrong.reason]) % {"number": wrong.number, "detail": wrong.detail, "most": AT_MOST}


def set_problem_words(problem: SetProblem) -> str:
    said = str(SET_PROBLEMS[problem.reason]) % {"detail": problem.detail}
    words = {"line": problem.line, "where": problem.where, "said": said}
    if not problem.where:
        return gettext("Line %(line)s: %(said)s.") % words
    return gettext("Line %(line)s, %(where)s: %(said)s.") % words


def leak_kind_label(key: str) -> Promise | str:
    return LeakKind(key).label if key in LeakKind.values else key


BECOMES: dict[str, Promise] = {
    VERDICT: pgettext_lazy("what a field becomes", "The verdict"),
    **{key: name for key, (name, _question) in CRITERIA.items()},
    OWN: pgettext_lazy("what a field becomes", "A criterion of its own name"),
    LEFT_OUT: pgettext_lazy("what a field becomes", "Left out"),
}


def said_of_import(form: str, found: Sequence[Found], becomes: Mapping[str, Becomes], tie_within: float) -> str:
    """In Markdown: where the judgments come from, and what became of what their file says."""
    lines = [
        gettext("These judgments were made elsewhere and imported (%(form)s). What the file says became:")
        % {"form": form},
        "",
    ]
    for item in found:
        target = becomes.get(item.name, Becomes(LEFT_OUT))
        lines.append(f"- `{item.name.replace('`', ' ')}`: {BECOMES[target.what]}")
        if item.is_numbers and target.what == VERDICT:
            words = gettext("numbers that differ by %(most)s or less are a tie") % {"most": f"{tie_within:g}"}
            lines[-1] += f" ({words})"
    return "\n".join(lines)


def title_for_assessors(evaluation: Evaluation) -> str:
    """The evaluation's name unless it would unblind; then a neutral one."""
    return evaluation.shown_name or gettext("Comparison of answers %(code)s") % {"code": evaluation.public_id.hex[:4]}
