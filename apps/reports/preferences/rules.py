"""The guard: which judgments count, and which comparisons become pairs. A line in one of the two lists adds a rule.

A judgment is left out before anything is counted. A comparison is left out by the first rule that catches it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from django.utils.functional import Promise

T = TypeVar("T")
MEANT = {"a_much": "a", "a": "a", "b": "b", "b_much": "b", "tie": "tie", "both_bad": "both_bad"}


@dataclass(frozen=True)
class Vote:
    """One current judgment in terms of the pipelines; `ratings` by criterion, 1 when A is better, -1 when B is.
    `stopped`: the assessor is paused or banned in the evaluation; `contradicts`: all but the verdict says otherwise."""

    verdict: str
    simulated: bool = False
    withdrawn: bool = False
    stopped: bool = False
    unseen: bool = False
    contradicts: bool = False
    flagged: bool = False
    ratings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A comparison before its texts are read. `key` is its primary key; `check`: it was made to test an assessor;
    `closed`: its bucket, or a picture of it, is of a set that may not be passed on; `measured`: it is a benchmark's;
    `leaked`: a possible leak was found, and masked or accepted; `lost_picture`: the file of a picture is gone."""

    key: int
    state: str = "released"
    check: bool = False
    closed: bool = False
    measured: bool = False
    leaked: bool = False
    same: bool = False
    empty: bool = False
    lost_picture: bool = False
    votes: tuple[Vote, ...] = ()

    @property
    def winner(self) -> str:
        """a, b, tie or both_bad: what more than half of the judgments say; "" when they contradict each other."""
        meant, most = Counter(MEANT[vote.verdict] for vote in self.votes).most_common(1)[0] if self.votes else ("", 0)
        return meant if 2 * most > len(self.votes) else ""


@dataclass(frozen=True)
class Rule(Generic[T]):
    """`may_lift`: whoever exports may take in what this leaves out."""

    key: str
    label: Promise
    catches: Callable[[T], bool]
    may_lift: bool = False


VOTE_RULES: tuple[Rule[Vote], ...] = (
    Rule("withdrawn", _("Judgments that were withdrawn"), lambda vote: vote.withdrawn),
    Rule("stopped", _("Judgments of assessors who are paused or banned"), lambda vote: vote.stopped, may_lift=True),
    Rule("simulated", _("Judgments of programs"), lambda vote: vote.simulated, may_lift=True),
    Rule(
        "unseen",
        _("Judgments made before both answers and the picture were seen"),
        lambda vote: vote.unseen,
        may_lift=True,
    ),
    Rule("contradicts", _("Judgments whose criteria say the contrary"), lambda vote: vote.contradicts, may_lift=True),
    Rule("flagged", _("Judgments flagged for the researcher"), lambda vote: vote.flagged, may_lift=True),
)
PAIR_RULES: tuple[Rule[Candidate], ...] = (
    Rule("check", _("Made to test an assessor: gold, control, re-test, training"), lambda pair: pair.check),
    Rule("closed", _("The task or its picture is of a set that may not be passed on"), lambda pair: pair.closed),
    Rule("measured", _("The task or its picture is in a benchmark"), lambda pair: pair.measured, may_lift=True),
    Rule("held", _("Waits for a decision about a possible leak"), lambda pair: pair.state == "held"),
    Rule("excluded", _("Excluded because of a leak"), lambda pair: pair.state == "excluded"),
    Rule("leaked", _("Comparisons with a leak that was masked or accepted"), lambda pair: pair.leaked, may_lift=True),
    Rule("lost_picture", _("The file of a picture is missing"), lambda pair: pair.lost_picture),
    Rule("unjudged", _("No judgment that counts"), lambda pair: not pair.votes),
    Rule("tie", _("More than half of the judgments call it a tie"), lambda pair: pair.winner == "tie"),
    Rule("both_bad", _("More than half of the judgments call both bad"), lambda pair: pair.winner == "both_bad"),
    Rule("split", _("No verdict has more than half of the judgments"), lambda pair: pair.winner == ""),
    Rule("same", _("Both answers are the same"), lambda pair: pair.same),
    Rule("empty", _("An answer is empty"), lambda pair: pair.empty),
)
LIFTABLE: dict[str, Promise] = {rule.key: rule.label for rule in VOTE_RULES if rule.may_lift}
LIFTABLE |= {rule.key: rule.label for rule in PAIR_RULES if rule.may_lift}


@dataclass(frozen=True)
class Selection:
    """`pairs` hold the votes that count. Counts of what was left out go by rule; all rules are there."""

    pairs: tuple[Candidate, ...]
    comparisons: int
    judgments: int
    comparisons_out: Mapping[str, int]
    judgments_out: Mapping[str, int]
    lifted: tuple[str, ...]

    @property
    def tables(self) -> tuple[list[tuple[Promise, int]], list[tuple[Promise, int]]]:
        """What was left out, with its reason: comparisons, judgments."""
        return (
            [(rule.label, self.comparisons_out[rule.key]) for rule in PAIR_RULES],
            [(rule.label, self.judgments_out[rule.key]) for rule in VOTE_RULES],
        )


def select(candidates: Iterable[Candidate], lift: Collection[str] = ()) -> Selection:
    """Raises ValueError when `lift` names a rule that may not be lifted."""
    if unknown := set(lift) - set(LIFTABLE):
        raise ValueError(f"no rule that may be lifted: {', '.join(sorted(unknown))}; there are: {', '.join(LIFTABLE)}")
    found = list(candidates)
    comparisons, judgments, pairs = Counter[str](), Counter[str](), []
    for candidate in found:
        caught = [caught_by(VOTE_RULES, vote, lift) for vote in candidate.votes]
        judgments.update(filter(None, caught))
        counted = tuple(vote for vote, rule in zip(candidate.votes, caught, strict=True) if not rule)
        pair = replace(candidate, votes=counted)
        if rule := caught_by(PAIR_RULES, pair, lift):
            comparisons[rule] += 1
        else:
            pairs.append(pair)
    return Selection(
        pairs=tuple(pairs),
        comparisons=len(found),
        judgments=sum(len(candidate.votes) for candidate in found),
        comparisons_out={rule.key: comparisons[rule.key] for rule in PAIR_RULES},
        judgments_out={rule.key: judgments[rule.key] for rule in VOTE_RULES},
        lifted=tuple(key for key in LIFTABLE if key in lift),
    )


def caught_by(rules: Iterable[Rule[T]], thing: T, lift: Collection[str]) -> str:
    """The key of the first rule, "" for none."""
    return next((rule.key for rule in rules if rule.key not in lift and rule.catches(thing)), "")
