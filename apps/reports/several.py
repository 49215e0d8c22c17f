"""The evaluations of one bucket read together, so that more than two pipelines can be put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from apps.assessment.models import Evaluation, Judgment
from apps.reports.domain.ranking import Ranked, Ranking, Taken
from apps.reports.domain.several import SEED, Duel, rank_pipelines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from apps.accounts.models import User
    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from apps.reports.domain.numbers import Method


def evaluations_of(user: User, bucket: Bucket) -> list[Evaluation]:
    """Those of different revisions: where one meets itself, nothing is said of its strength."""
    seen = Evaluation.objects.visible_to(user).filter(bucket=bucket).order_by("pk")
    every = seen.select_related("run_a__revision__pipeline", "run_b__revision__pipeline")
    return [item for item in every if item.run_a.revision_id != item.run_b.revision_id]


def chosen_of(evaluations: Sequence[Evaluation], wanted: Collection[str]) -> list[Evaluation]:
    """`wanted`: public ids; nothing known among them stands for all."""
    return [item for item in evaluations if str(item.public_id) in wanted] or list(evaluations)


def rank_now(bucket: Bucket, evaluations: Sequence[Evaluation], method: Method) -> Ranking:
    """What a ranking frozen at this moment states, `evaluations` in order of their making. Two runs of one revision
    count as one pipeline. Call it inside a transaction to freeze it: it reads several times."""
    met: set[PipelineRevision] = {side for item in evaluations for side in _sides(item)}
    revisions = sorted(met, key=lambda revision: revision.pk)  # so that a pair has the same first in every ranking
    places = {revision.pk: place for place, revision in enumerate(revisions)}
    rows = Judgment.objects.filter(assignment__evaluation__in=evaluations).counted()
    programs = Q(assessor__simulated=True)
    each = rows.order_by().values_list("assignment__evaluation")
    counts = each.annotate(every=Count("pk"), simulated=Count("pk", filter=programs))
    judged = {evaluation: (every, simulated) for evaluation, every, simulated in counts}
    pairs = {item.pk: (places[item.run_a.revision_id], places[item.run_b.revision_id]) for item in evaluations}
    duels = [
        Duel(*pairs[evaluation], task, str(assessor), verdict, on_left)
        for evaluation, task, assessor, verdict, on_left in rows.values_list(
            "assignment__evaluation", "assignment__comparison__task__key", "assessor__public_id", "verdict", "a_on_left"
        ).iterator()
    ]
    return Ranking(
        bucket=bucket.name,
        bucket_version=bucket.version,
        bucket_sha256=bucket.sha256,
        pipelines=tuple(Ranked(item.pipeline.name, item.number, item.sha256) for item in revisions),
        evaluations=tuple(_taken(item, *pairs[item.pk], judged.get(item.pk, (0, 0))[0]) for item in evaluations),
        found=rank_pipelines(len(revisions), duels),
        simulated_judgments=sum(simulated for _, simulated in judged.values()),
        seed=SEED,
        method=method,
    )


def _taken(evaluation: Evaluation, a: int, b: int, judgments: int) -> Taken:
    return Taken(
        evaluation=str(evaluation.public_id),
        name=evaluation.name,
        state=evaluation.state,
        seed=evaluation.seed,
        overlap=evaluation.overlap,
        a=a,
        b=b,
        judgments=judgments,
        imported_from=evaluation.imported_from,
    )


def _sides(evaluation: Evaluation) -> tuple[PipelineRevision, PipelineRevision]:
    return evaluation.run_a.revision, evaluation.run_b.revision
