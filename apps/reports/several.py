"""The evaluations of one bucket read together, so that more than two pipelines can be put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.assessment.models import Evaluation, Judgment
from apps.reports.domain.several import Duel, Several, rank_pipelines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision


@dataclass(frozen=True)
class Together:
    """`chosen` of all `evaluations`; `names` of pipelines in the order in which `found` counts them."""

    evaluations: Sequence[Evaluation]
    chosen: Sequence[Evaluation]
    names: Sequence[str]
    found: Several
    simulated: int

    @property
    def open(self) -> list[Evaluation]:
        return [evaluation for evaluation in self.chosen if evaluation.state == "open"]


def evaluations_of(user: User, bucket: Bucket) -> QuerySet[Evaluation]:
    """Those of different revisions: where one meets itself, nothing is said of its strength."""
    seen = Evaluation.objects.visible_to(user).filter(bucket=bucket)
    return seen.select_related("run_a__revision__pipeline", "run_b__revision__pipeline").order_by("pk")


def together(user: User, bucket: Bucket, wanted: Collection[str] = ()) -> Together:
    """`wanted`: public ids of evaluations; nothing known among them stands for all. Two runs of one revision count as
    one pipeline; evaluations in which a revision meets itself are left out."""
    every = [item for item in evaluations_of(user, bucket) if item.run_a.revision_id != item.run_b.revision_id]
    chosen = [item for item in every if str(item.public_id) in wanted] or every
    places: dict[int, int] = {}
    names: list[str] = []
    for revision in (side for item in chosen for side in _sides(item)):
        if revision.pk not in places:
            places[revision.pk] = len(names)
            names.append(str(revision))
    pairs = {item.pk: (places[item.run_a.revision_id], places[item.run_b.revision_id]) for item in chosen}
    rows = Judgment.objects.filter(assignment__evaluation__in=chosen).counted()
    duels = [
        Duel(pairs[evaluation][0], pairs[evaluation][1], task, str(assessor), verdict, on_left)
        for evaluation, task, assessor, verdict, on_left in rows.values_list(
            "assignment__evaluation", "assignment__comparison__task__key", "assessor__public_id", "verdict", "a_on_left"
        ).iterator()
    ]
    return Together(
        every,
        chosen,
        names,
        rank_pipelines(len(names), duels),
        rows.filter(assessor__simulated=True).count(),
    )


def _sides(evaluation: Evaluation) -> tuple[PipelineRevision, PipelineRevision]:
    return evaluation.run_a.revision, evaluation.run_b.revision
