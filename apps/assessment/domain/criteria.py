"""Sets of criteria as data: keys and order. Their words live in `apps.assessment.labels`, where they are translated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CriterionSpec:
    """One question beside the verdict, answered by comparing: the first answer is better, the same, the second is."""

    key: str
    required: bool = True


STANDARD = (
    CriterionSpec("grammar"),
    CriterionSpec("readability"),
    CriterionSpec("comprehensiveness"),
    CriterionSpec("relevance"),
    CriterionSpec("errors"),
    CriterionSpec("hallucinations"),
)
SETS: dict[str, tuple[CriterionSpec, ...]] = {"standard": STANDARD}
