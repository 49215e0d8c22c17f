"""Reads: what a report must say of an evaluation beside its judgments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from apps.assessment.domain.verdicts import PREFERS_A
from apps.assessment.models import CheckKind, Decision, Judgment, LeakHit, StandingState
from apps.assessment.queries import leak_counts, masked_comparisons, pair_counts
from apps.buckets.models import Bucket
from apps.generation.models import AnswerState
from apps.judges.queries import judge_figures, judges_of
from apps.reports.domain.automatic import AutomaticNumbers
from apps.reports.domain.beside import Beside
from apps.reports.domain.numbers import Asked, Facts, LeakKindNumbers, Leaks, Pairs, Side
from apps.reports.models import Report, ReportComment, ReportLink, ReportQuerySet, TrafficMix

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation
    from apps.generation.models import Run
    from apps.judges.models import AutomaticJudge


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
        automatic=tuple(_automatic(judge) for judge in judges_of(evaluation)),
        imported_from=evaluation.imported_from,
    )


def _automatic(judge: AutomaticJudge) -> AutomaticNumbers:
    found = judge_figures(judge)
    definition = f"{judge.prompt} {judge.revision.sha256}" if judge.revision else f"{judge.protocol} > {judge.margin:g}"
    return AutomaticNumbers(
        judge=str(judge),
        kind=judge.kind,
        definition=definition,
        judged=found.judged,
        shared=found.shared,
        win_rate=found.win_rate,
        shared_win_rate=found.shared_win_rate,
        people_win_rate=found.people_win_rate,
        with_one=found.with_one,
        first=found.first,
        longer=found.longer,
        flips=found.flips if judge.is_model else None,
        both=found.both if judge.is_model else None,
    )


def beside_of(evaluation: Evaluation) -> Beside:
    """Leaks, and what is known of assessors; lengths of answers come with the judgments (`reading`)."""
    told = Q(choices__choice__in=[Decision.MASK, Decision.ACCEPT], choices__superseded_by=None)
    leaked = LeakHit.objects.of(evaluation).filter(told).values_list("comparison__task__key", flat=True)
    stopped = evaluation.standings.filter(state__in=[StandingState.PAUSED, StandingState.BANNED])
    return Beside(
        leaked=frozenset(leaked),
        stopped=frozenset(stopped.values_list("assessor__public_id", flat=True)),
        gold=_gold(evaluation),
        traffic=traffic_of(evaluation),
    )


def traffic_of(evaluation: Evaluation) -> dict[str, float]:
    """Shares by cluster as set last; empty where none are."""
    mix = TrafficMix.objects.filter(evaluation=evaluation).last()
    return mix.weights if mix else {}


def cluster_sizes(evaluation: Evaluation) -> dict[str, int]:
    """Comparisons that can be judged, by cluster of their task, in order of name."""
    rows = evaluation.comparisons.compared().values_list("task__cluster").annotate(size=Count("pk"))
    return dict(rows.order_by("task__cluster"))


def _gold(evaluation: Evaluation) -> dict[UUID, tuple[int, int]]:
    """By assessor: how often the undamaged answer won, and of how many gold comparisons."""
    said = Judgment.objects.current().filter(
        assignment__evaluation=evaluation,
        assignment__is_check=True,
        assignment__comparison__check_of__kind=CheckKind.GOLD,
    )
    right = Count("pk", filter=Q(verdict__in=PREFERS_A))
    rows = said.values_list("assessor__public_id").annotate(right=right, total=Count("pk")).order_by()
    return {person: (won, total) for person, won, total in rows}


def _leaks(evaluation: Evaluation) -> Leaks:
    scanned = evaluation.comparisons.compared().exclude(scanned_with=None).values_list("scanned_with")
    lexicons = dict(scanned.annotate(count=Count("*")).order_by("scanned_with"))
    return Leaks(
        scanned=sum(lexicons.values()),
        lexicons=tuple(version for version in lexicons if version),
        comparisons_masked=masked_comparisons(evaluation),
        kinds=tuple(
            LeakKindNumbers(row.kind, row.masked, row.excluded, row.accepted, row.open + row.moot)
            for row in leak_counts(evaluation)
        ),
    )


def reports_of(user: User, of: Evaluation | Bucket) -> ReportQuerySet:
    """All snapshots of one evaluation, or rankings of one bucket, that `user` may see, newest first, without their
    numbers."""
    mine = {"bucket": of} if isinstance(of, Bucket) else {"evaluation": of}
    return Report.objects.visible_to(user).filter(**mine).without_numbers()


def siblings_of(user: User, report: Report) -> ReportQuerySet:
    """As `reports_of` whatever this one is of, without itself."""
    of = report.evaluation or report.bucket
    return reports_of(user, of).exclude(pk=report.pk) if of else Report.objects.none()


def links_of(report: Report, now: datetime) -> list[tuple[ReportLink, bool]]:
    """Those that have not expired, and whether each still opens: asked once for each maker."""
    links = list(report.links.filter(expires_at__gt=now).select_related("created_by"))
    opens = {maker: link.still_opens for maker, link in {link.created_by_id: link for link in links}.items()}
    return [(link, opens[link.created_by_id]) for link in links]


def comments_on(report: Report) -> QuerySet[ReportComment]:
    return report.comments.select_related("author")


def _side(run: Run) -> Side:
    revision = run.revision
    counts: dict[str, int] = dict(run.answers.order_by().values_list("state").annotate(count=Count("*")))  # of an index
    return Side(
        pipeline=revision.pipeline.name,
        revision=revision.number,
        revision_sha256=revision.sha256,
        run=str(run.public_id),
        run_seed=run.seed,
        answers=sum(counts.values()),
        answers_done=counts.get(AnswerState.DONE, 0),
    )
