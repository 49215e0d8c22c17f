"""What the numbers mean, in plain sentences of the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from apps.reports.formats import decimal, decimal_interval, p_value, percent, percent_interval, whole
from apps.statistics.gates import MIN_ASSESSORS, MIN_TASKS
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from apps.reports.domain.numbers import Counts, CriterionNumbers, Leaks, Numbers
    from apps.statistics.clustered import Estimate
    from apps.statistics.heterogeneity import Heterogeneity

REASONS: dict[Reason, Promise] = {
    Reason.NO_JUDGMENTS: _("Nobody has judged here yet."),
    Reason.ONE_TASK: _("There is no interval: it needs at least two tasks."),
    Reason.ONE_ASSESSOR: _("There is no interval: it needs at least two assessors."),
    Reason.ONE_SIDE: _("A stood on the same side in every judgment, so sides can’t be told from answers."),
    Reason.NO_VARIATION: _("There is no interval: all judgments say the same."),
    Reason.NONE_DECISIVE: _("Every judgment was a tie or “both bad”."),
    Reason.NOTHING_RIGHT: _("There is no relative gain: the first run got nothing right."),
    Reason.NO_LOSSES: _("There is no ratio: A never lost."),
    Reason.NO_OVERLAP: _("Agreement is not defined: nothing was rated twice."),
    Reason.ALL_EQUAL: _("Agreement beyond chance is not defined: all ratings are equal."),
    Reason.TOO_FEW_UNITS: _("There is no interval: too few were rated twice."),
    Reason.SEPARATED: _("There is no finite estimate: one side always wins."),
    Reason.TOO_FEW_PAIRS: _("Correlation is not defined: it takes three pairs."),
    Reason.TOO_FEW_GROUPS: _("Fewer than two groups have enough data to be compared."),
}
VERDICTS: dict[str, Promise] = {
    "a_much": _("A much better"),
    "a": _("A better"),
    "tie": _("Tie"),
    "both_bad": _("Both bad"),
    "b": _("B better"),
    "b_much": _("B much better"),
}


def of_answer(criterion: CriterionNumbers, estimate: Estimate | None) -> str:
    """One answer by itself, with its interval: a share of judgments that mark it, or mean points."""
    if estimate is None or estimate.value is None:
        return "–"
    if criterion.kind == "marks":
        value, interval = percent(estimate.value), percent_interval(estimate)
    else:
        value, interval = decimal(estimate.value), decimal_interval(estimate)
    return value if estimate.undefined else f"{value} ({interval})"


def apart(criterion: CriterionNumbers) -> str:
    """How far A's points are above B's, of the same judgment, with its interval."""
    found = criterion.apart
    if found is None or found.value is None:
        return "–"
    value = f"{'+' if round(found.value, 2) > 0 else ''}{decimal(found.value)}"
    return value if found.undefined else f"{value} ({decimal_interval(found)})"


def headline(numbers: Numbers) -> str:
    """The verdict in two or three words, for badges and lists."""
    return {
        "a": pgettext("verdict of a report", "A is better"),
        "b": pgettext("verdict of a report", "B is better"),
        "undecided": pgettext("verdict of a report", "No difference established"),
        "not_by_plan": pgettext("verdict of a report", "Not established by the plan"),
        "interim": pgettext("verdict of a report", "Interim, no verdict"),
        "insufficient": pgettext("verdict of a report", "Insufficient data"),
        "empty": pgettext("verdict of a report", "No judgments"),
    }[numbers.verdict.reading]


def sentence(numbers: Numbers) -> str:
    """The verdict in one plain sentence, with its interval."""
    rate = numbers.overall.win_rate
    words = {
        "a_name": numbers.facts.a.label,
        "b_name": numbers.facts.b.label,
        "rate": percent(rate.value),
        "interval": percent_interval(rate),
        "min_tasks": MIN_TASKS,
        "min_assessors": MIN_ASSESSORS,
        "tasks": whole(numbers.counts.tasks),
        "assessors": whole(numbers.counts.assessors),
    }
    return _sentence_form(numbers.verdict.reading) % words


def _sentence_form(reading: str) -> str:
    if reading == "a":
        return gettext(
            "“%(a_name)s” answers better than “%(b_name)s”: "
            "it is preferred in %(rate)s of comparisons, a tie counting half (95%% interval %(interval)s)."
        )
    if reading == "b":
        return gettext(
            "“%(a_name)s” answers worse than “%(b_name)s”: "
            "it is preferred in only %(rate)s of comparisons, a tie counting half (95%% interval %(interval)s)."
        )
    if reading == "undecided":
        return gettext(
            "No difference between “%(a_name)s” and “%(b_name)s” is established: the first is preferred in %(rate)s "
            "of comparisons, a tie counting half, and the 95%% interval %(interval)s includes one half."
        )
    if reading == "not_by_plan":
        return gettext(
            "The plan set for this evaluation has not established a difference between “%(a_name)s” and “%(b_name)s”: "
            "the first is preferred in %(rate)s of comparisons, a tie counting half; the 95%% interval %(interval)s "
            "leaves one half out, but holds for a single look at the end. There is no verdict."
        )
    if reading == "interim":
        return gettext(
            "Interim: so far “%(a_name)s” is preferred to “%(b_name)s” in %(rate)s of comparisons, a tie counting half "
            "(95%% interval %(interval)s). There is no verdict while the evaluation is open."
        )
    if reading == "insufficient":
        return gettext(
            "There is not enough data to say whether “%(a_name)s” or “%(b_name)s” answers better: a verdict needs "
            "at least %(min_tasks)s judged tasks and %(min_assessors)s assessors, here are %(tasks)s and %(assessors)s."
        )
    return gettext("Nobody has judged “%(a_name)s” against “%(b_name)s” yet.")


def worth(numbers: Numbers) -> str:
    """What the judgments are worth once shared tasks and assessors are allowed for; "" where that is not known."""
    rate = numbers.overall.win_rate
    if rate.design_effect is None:
        return ""
    if rate.design_effect <= 1:
        return gettext("Shared tasks and assessors cost no precision here: the judgments are worth independent ones.")
    return ngettext(
        "%(count)s judgment is worth %(worth)s independent ones.",
        "%(count)s judgments are worth %(worth)s independent ones.",
        rate.judgments,
    ) % {"count": whole(rate.judgments), "worth": whole(rate.judgments / rate.design_effect)}


def dashes(numbers: Numbers) -> list[str]:
    """Why figures of the verdict card are missing; where the win rate itself is, that is said already."""
    overall = numbers.overall
    if overall.win_rate.undefined:
        return []
    told = []
    if why := overall.decisive_win_rate.undefined:
        told.append(f"{gettext('Win rate without ties')}: {REASONS[why]}")
    if overall.win_rate.design_effect is None:
        told.append(gettext("The design effect is not defined: all judgments say the same."))
    return told


def interim(numbers: Numbers, report_number: int) -> str:
    """A warning against reading a report of an open evaluation as final, or "" when judging was over."""
    if not numbers.is_interim:
        return ""
    said = gettext(
        "Interim: the evaluation was still open when this was frozen; it is report number %(number)s of this "
        "evaluation. Intervals and p hold for one look: who looks again and again will see a difference by chance."
    ) % {"number": whole(report_number)}
    pairs = numbers.facts.pairs
    waiting = pairs.to_come + pairs.held if pairs else 0
    if not waiting:
        return said
    more = ngettext("%(count)s more pair may still join.", "%(count)s more pairs may still join.", waiting)
    return f"{said} {more % {'count': whole(waiting)}}"


def pairs(numbers: Numbers) -> list[str]:
    """What became of the tasks that were not compared; nothing for reports from before that was kept."""
    kept = numbers.facts.pairs
    if not kept:
        return []
    told = gettext("%(count)s of %(all)s pairs could be judged.")
    sentences = [told % {"count": whole(kept.released), "all": whole(kept.tasks)}]
    for count, words in (
        (kept.to_come, ngettext("%(count)s was still to come.", "%(count)s were still to come.", kept.to_come)),
        (kept.failed, ngettext("%(count)s failed on a side.", "%(count)s failed on a side.", kept.failed)),
        (kept.held, ngettext("%(count)s waited for a decision.", "%(count)s waited for a decision.", kept.held)),
        (
            kept.excluded,
            ngettext(
                "%(count)s was excluded, since an answer would have unblinded.",
                "%(count)s were excluded, since an answer would have unblinded.",
                kept.excluded,
            ),
        ),
    ):
        if count:
            sentences.append(words % {"count": whole(count)})
    return sentences


def leaks(numbers: Numbers) -> str:
    """What the leak guard found, or that there was none yet."""
    found = numbers.facts.leaks
    if not found or not found.scanned:
        return gettext("The answers were not scanned for what might unblind assessors.")
    scanned = ngettext(
        "%(count)s comparison was scanned for what might unblind an assessor: names of models and their makers, "
        "repeated prompts, marks of tokenizers.",
        "%(count)s comparisons were scanned for what might unblind an assessor: names of models and their makers, "
        "repeated prompts, marks of tokenizers.",
        found.scanned,
    ) % {"count": whole(found.scanned)}
    return " ".join([scanned, masked(found), *unscanned(numbers.facts.unscanned)])


def masked(found: Leaks) -> str:
    if not found.found:
        return gettext("Nothing was found.")
    said = ngettext(
        "In %(count)s of those that could be judged a place was masked.",
        "In %(count)s of those that could be judged places were masked.",
        found.comparisons_masked,
    )
    return said % {"count": whole(found.comparisons_masked)}


def unscanned(count: int | None) -> list[str]:
    """A sentence, or none when all were scanned or nothing is known of it."""
    if not count:
        return []
    said = ngettext(
        "%(count)s comparison was not scanned: it joined before answers were looked through.",
        "%(count)s comparisons were not scanned: they joined before answers were looked through.",
        count,
    )
    return [said % {"count": whole(count)}]


def generalisation(numbers: Numbers) -> str:
    """What the intervals speak of."""
    if numbers.method.generalise_over == "tasks":
        return gettext("The intervals speak of other tasks, judged by the same assessors.")
    return gettext("The intervals speak of other tasks, judged by other assessors of the same kind.")


def spread(found: Heterogeneity) -> str:
    """Whether groups differ from each other, or why that cannot be said."""
    if found.undefined:
        return str(REASONS[found.undefined])
    return ngettext(
        "Do they differ from each other? Cochran's Q is %(q)s on %(df)s degree of freedom, p %(p)s; %(share)s of the "
        "spread is beyond chance. Exploratory.",
        "Do they differ from each other? Cochran's Q is %(q)s on %(df)s degrees of freedom, p %(p)s; %(share)s of the "
        "spread is beyond chance. Exploratory.",
        found.degrees_of_freedom or 0,
    ) % {
        "q": decimal(found.q),
        "df": found.degrees_of_freedom,
        "p": p_value(found.p),
        "share": percent(found.i_squared, 0),
    }


def position(numbers: Numbers) -> str:
    """Whether the side on the screen mattered."""
    bias = numbers.position
    stood = {"left": whole(bias.a_on_left), "all": whole(bias.judgments)}
    if bias.left_share.undefined:
        told = gettext("A stood on the left in %(left)s of %(all)s judgments.") % stood
        return f"{told} {REASONS[bias.left_share.undefined]}"
    return gettext(
        "The answer on the left won %(share)s of the decisive judgments (95%% interval %(interval)s, p %(p)s). "
        "A stood on the left in %(left)s of %(all)s judgments."
    ) % {
        "share": percent(bias.left_share.value),
        "interval": percent_interval(bias.left_share),
        "p": p_value(bias.tested_p),
        **stood,
    }


def simulated(counts: Counts) -> str:
    return by_programs(counts.simulated_judgments, counts.judgments)


def by_programs(count: int, total: int) -> str:
    """A loud sentence, or "" when people judged everything."""
    if not count:
        return ""
    return ngettext(
        "%(count)s of %(total)s judgments was made by a program that plays an assessor. "
        "These numbers show how the platform works; they prove nothing about what people prefer.",
        "%(count)s of %(total)s judgments were made by programs that play assessors. "
        "These numbers show how the platform works; they prove nothing about what people prefer.",
        count,
    ) % {"count": whole(count), "total": whole(total)}


def method_sentences(numbers: Numbers) -> list[str]:
    """The method footer in plain words."""
    return [
        gettext(
            "A judgment scores 1 when A is better, 0 when B is better and one half for a tie or “both bad”. The win "
            "rate is the mean of these scores; every task counts once, however many judgments it has."
        ),
        gettext(
            "Judgments of the same task or by the same assessor resemble each other, so they are not counted as "
            "independent: the variance is clustered by tasks and by assessors (Cameron, Gelbach & Miller 2011; the "
            "largest of the two-way and both one-way variances). The interval is Wilson's with the effective number "
            "of judgments and a t quantile on the smaller number of clusters minus one; p is the score test that "
            "agrees with it."
        ),
        gettext(
            "Net preference is the share of A better minus the share of B better, in percentage points. For "
            "criteria its interval is the mean plus or minus the t quantile times the clustered error, and p is "
            "adjusted by Holm over the criteria. For clusters and languages p is adjusted by Benjamini and Hochberg "
            "and is exploratory."
        ),
        gettext(
            "A verdict needs at least %(tasks)s tasks and %(assessors)s assessors. Groups with fewer than 20 tasks "
            "or 5 assessors are marked “few data” and are not tested."
        )
        % {"tasks": MIN_TASKS, "assessors": MIN_ASSESSORS},
        generalisation(numbers),
    ]


@dataclass(frozen=True)
class Words:
    """The sentences of one report, for a template."""

    numbers: Numbers
    report_number: int = 1

    @property
    def headline(self) -> str:
        return headline(self.numbers)

    @property
    def sentence(self) -> str:
        return sentence(self.numbers)

    @property
    def worth(self) -> str:
        return worth(self.numbers)

    @property
    def dashes(self) -> list[str]:
        return dashes(self.numbers)

    @property
    def interim(self) -> str:
        return interim(self.numbers, self.report_number)

    @property
    def pairs(self) -> list[str]:
        return pairs(self.numbers)

    @property
    def leaks(self) -> str:
        return leaks(self.numbers)

    @property
    def position(self) -> str:
        return position(self.numbers)

    @property
    def simulated(self) -> str:
        return simulated(self.numbers.counts)

    @property
    def method(self) -> list[str]:
        return method_sentences(self.numbers)
