"""Reads: what a report must say of an evaluation beside its judgments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from apps.assessment.queries import leak_counts, masked_comparisons, pair_counts
from apps.generation.models import AnswerState
from apps.reports.domain.numbers import Asked, Facts, LeakKindNumbers, Leaks, Pairs, Side
from apps.reports.models import Report, ReportQuerySet

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.assessment.models import Evaluation
    from apps.generation.models import Run


def facts_of(evaluation: Evaluation) -> Facts:
    bucket, pairs = evaluation.bucket, pair_counts(evaluation)
    return Facts(
        evaluation=str(evaluation.public_id),
        evaluation_name=evaluation.name,
        evaluation_state=evaluation.state,
        evaluation_seed=evaluation.seed,
        overlap=evaluation.overlap,
        comparisons=pairs.released,
        criteria=tuple(evaluation.criteria.order_by("position").values_list("key", flat=True)),
        a=_side(evaluation.run_a),
        b=_side(evaluation.run_b),
        bucket=bucket.name,
        bucket_version=bucket.version,
        bucket_sha256=bucket.sha256,
        bucket_tasks=pairs.tasks,
        pairs=Pairs(
            tasks=pairs.tasks,
            released=pairs.released,
            held=pairs.held,
            excluded=pairs.excluded,
            failed=pairs.failed,
            to_come=pairs.to_come,
        ),
        leaks=_leaks(evaluation),
        asked=tuple(
            Asked(item.key, item.kind, item.name, item.points) for item in evaluation.criteria.order_by("position")
        ),
    )


def _leaks(evaluation: Evaluation) -> Leaks:
    scanned = evaluation.comparisons.compared().exclude(scanned_with=None)
    lexicons = scanned.order_by("scanned_with").values_list("scanned_with", flat=True).distinct()
    return Leaks(
        scanned=scanned.count(),
        lexicons=tuple(version for version in lexicons if version),
        comparisons_masked=masked_comparisons(evaluation),
        kinds=tuple(
            LeakKindNumbers(row.kind, row.masked, row.excluded, row.accepted, row.open + row.moot)
            for row in leak_counts(evaluation)
        ),
    )


def reports_of(user: User, evaluation: Evaluation) -> ReportQuerySet:
    """All snapshots of one evaluation that `user` may see, newest first, without their numbers."""
    return Report.objects.visible_to(user).filter(evaluation=evaluation).without_numbers()


def _side(run: Run) -> Side:
    revision = run.revision
    counts = run.answers.aggregate(all=Count("pk"), done=Count("pk", filter=Q(state=AnswerState.DONE)))
    return Side(
        pipeline=revision.pipeline.name,
        revision=revision.number,
        revision_sha256=revision.sha256,
        run=str(run.public_id),
        run_seed=run.seed,
        answers=counts["all"],
        answers_done=counts["done"],
    )
