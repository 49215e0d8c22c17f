"""The shape of a frozen report. `frozen` turns it into what is stored and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# pydantic reads these at run time
from apps.reports.domain.automatic import AutomaticNumbers
from apps.reports.domain.depth import Depth
from apps.reports.domain.powered import PoweredNumbers
from apps.reports.domain.watching import Watch
from apps.statistics.clustered import Estimate, GeneraliseOver
from apps.statistics.gates import cell_gate
from apps.statistics.heterogeneity import Heterogeneity

# 1: `design_effect` was N/n_eff, verdicts were read while the evaluation was open
# 2: nothing of pairs that are still to come and of what might unblind; `comparisons` were all that existed
# 3: criteria by comparing alone; nothing of each answer by itself
# 4: nothing of `depth` and `watch`
# 5: nothing of `powered` and `traffic`
VERSION = 6
Reading = Literal["a", "b", "undecided", "not_by_plan", "interim", "insufficient", "empty"]


@dataclass(frozen=True)
class Side:
    """One of the two pipelines and the run that spoke for it."""

    pipeline: str
    revision: int
    revision_sha256: str
    run: str
    run_seed: int
    answers: int
    answers_done: int

    @property
    def label(self) -> str:
        return f"{self.pipeline} r{self.revision}"


@dataclass(frozen=True)
class Pairs:
    """What became of the bucket's tasks. `released` pairs could be judged; `held` ones wait for a decision about a
    leak, which `excluded` others; of `failed` ones a run has no answer; the rest is `to_come`."""

    tasks: int
    released: int
    held: int
    excluded: int
    failed: int
    to_come: int


@dataclass(frozen=True)
class LeakKindNumbers:
    """Places in answers that might have unblinded, by what was decided; `undecided` ones were never shown."""

    kind: str
    masked: int
    excluded: int
    accepted: int
    undecided: int

    @property
    def found(self) -> int:
        return self.masked + self.excluded + self.accepted + self.undecided


@dataclass(frozen=True)
class Leaks:
    """`scanned`: comparisons that were looked through, with the versions of the list of names in `lexicons`;
    `comparisons_masked`: released ones in which an assessor reads at least one mask."""

    scanned: int
    lexicons: tuple[int, ...]
    comparisons_masked: int
    kinds: tuple[LeakKindNumbers, ...]

    @property
    def found(self) -> int:
        return sum(kind.found for kind in self.kinds)


@dataclass(frozen=True)
class Asked:
    """A criterion as it was asked: `kind` is comparative, absolute (to `points`) or marks; `name` of the set's own."""

    key: str
    kind: str
    name: str
    points: int


@dataclass(frozen=True)
class Facts:
    """What was compared, on what, and by which design. `comparisons` are those that could be judged.
    `imported_from`: the form of the file with judgments made elsewhere, empty for those made here."""

    evaluation: str
    evaluation_name: str
    evaluation_state: str
    evaluation_seed: int
    overlap: int
    comparisons: int
    criteria: tuple[str, ...]
    a: Side
    b: Side
    bucket: str
    bucket_version: int
    bucket_sha256: str
    bucket_tasks: int
    pairs: Pairs | None = None
    leaks: Leaks | None = None
    asked: tuple[Asked, ...] = ()
    automatic: tuple[AutomaticNumbers, ...] = ()
    imported_from: str = ""

    @property
    def unscanned(self) -> int | None:
        """Comparisons made before answers were scanned for leaks; None in reports that don't tell."""
        if not self.pairs or not self.leaks:
            return None
        return self.pairs.released + self.pairs.held + self.pairs.excluded - self.leaks.scanned


@dataclass(frozen=True)
class Method:
    """What one needs to make the same numbers again from the same judgments."""

    confidence: float
    generalise_over: GeneraliseOver
    code_version: str
    python: str
    numpy: str
    scipy: str


@dataclass(frozen=True)
class Counts:
    judgments: int
    tasks: int
    assessors: int
    simulated_judgments: int
    simulated_assessors: int
    median_seconds: float | None


@dataclass(frozen=True)
class Verdict:
    reading: Reading
    tasks_missing: int
    assessors_missing: int


@dataclass(frozen=True)
class Group:
    """All judgments, or those of one cluster or language. `counts` are judgments; `shares` count each task once."""

    key: str
    judgments: int
    tasks: int
    assessors: int
    enough: bool
    counts: dict[str, int]
    shares: dict[str, float]
    win_rate: Estimate
    p_adjusted: float | None
    net: Estimate
    decisive_win_rate: Estimate
    tie_rate: Estimate
    both_bad_rate: Estimate
    win_ratio: float | None
    win_odds: float | None

    @property
    def tested_p(self) -> float | None:
        """p, where there are enough data to test."""
        return self.win_rate.p if self.enough else None


@dataclass(frozen=True)
class CriterionNumbers:
    """`net` is the mean of 1 (A better), 0 (same), -1 (B better). For marks an answer without any is better than one
    with some, so `net` is the difference of the shares with marks.

    `a` and `b` speak of each answer by itself: the share of judgments that mark it, or its mean points; None where the
    answers were only compared. `apart`: the mean of A's points minus B's in the same judgment; None but for points.
    `name`: the set's own, empty for criteria that the platform has words for.
    """

    key: str
    better: int
    same: int
    worse: int
    enough: bool
    net: Estimate
    p_adjusted: float | None
    kind: str = "comparative"
    name: str = ""
    a: Estimate | None = None
    b: Estimate | None = None
    apart: Estimate | None = None

    @property
    def tested_p(self) -> float | None:
        """p, where there are enough data to test; so is `tested_p_adjusted`."""
        return self.net.p if self.enough else None

    @property
    def tested_p_adjusted(self) -> float | None:
        return self.p_adjusted if self.enough else None


@dataclass(frozen=True)
class Position:
    """Did the side on the screen matter? `left_share`: wins of the left answer among decisive judgments."""

    a_on_left: int
    judgments: int
    left_share: Estimate

    @property
    def enough(self) -> bool:
        return cell_gate(self.left_share.tasks, self.left_share.assessors).passed

    @property
    def tested_p(self) -> float | None:
        return self.left_share.p if self.enough else None


@dataclass(frozen=True)
class Numbers:
    version: int
    data_sha256: str
    facts: Facts
    counts: Counts
    verdict: Verdict
    overall: Group
    independent_low: float | None
    independent_high: float | None
    clusters: tuple[Group, ...]
    languages: tuple[Group, ...]
    cluster_spread: Heterogeneity
    language_spread: Heterogeneity
    criteria: tuple[CriterionNumbers, ...]
    position: Position
    method: Method
    independent_value: float | None = None
    depth: Depth | None = None
    watch: Watch | None = None
    powered: tuple[PoweredNumbers, ...] = ()
    traffic: dict[str, float] | None = None

    @property
    def marks_answers(self) -> bool:
        """Was anything said of each answer by itself?"""
        return any(criterion.a for criterion in self.criteria)

    @property
    def is_interim(self) -> bool:
        """Frozen while judging still went on: who looks often enough will see a difference by chance."""
        return self.facts.evaluation_state == "open"
