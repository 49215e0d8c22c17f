"""Writes: freeze a report, hand one out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.text import slugify

from apps.assessment.models import Judgment
from apps.audit.services import record
from apps.reports.domain.build import build_from, heed
from apps.reports.domain.frozen import digest, to_json
from apps.reports.exporters import exporter_named
from apps.reports.models import Report, StoppingPlan, TrafficMix
from apps.reports.planning import plan_in_force, watch_judgments
from apps.reports.powering import powered_by_judges
from apps.reports.preferences.forms import forms
from apps.reports.preferences.plan import plan_export
from apps.reports.preferences.rows import Export
from apps.reports.provenance import method_in_use
from apps.reports.queries import beside_of, facts_of
from apps.reports.raw import stream_judgments
from apps.reports.reading import read_columns
from apps.reports.several import chosen_of, evaluations_of, rank_now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation
    from apps.buckets.models import Bucket
    from apps.reports.domain.numbers import Method, Numbers


@dataclass(frozen=True)
class Download:
    content: bytes
    media_type: str
    filename: str


@dataclass(frozen=True)
class Stream:
    """As `Download`, written while it is sent."""

    content: Iterator[bytes]
    media_type: str
    filename: str
    manifest: dict[str, Any]


def freeze_report(*, actor: User, evaluation: Evaluation) -> Report:
    """Read judgments and facts as of one moment, compute, store with the hash. Works with no judgments too.

    While the evaluation is open the report is an interim one and draws no verdict.
    """
    method = method_in_use()
    with _one_moment():
        numbers = numbers_now(evaluation, method)
        data = to_json(numbers)
        report = Report.objects.create(
            evaluation=evaluation,
            numbers=data,
            sha256=digest(data),
            code_version=method.code_version,
            created_by=actor,
        )
        record(
            actor,
            "report.frozen",
            report,
            evaluation=str(evaluation.public_id),
            judgments=numbers.counts.judgments,
            sha256=report.sha256,
        )
    return report


def freeze_ranking(*, actor: User, bucket: Bucket, wanted: Collection[str] = ()) -> Report:
    """As `freeze_report`, of all pipelines that met on a bucket. `wanted`: public ids of the evaluations to take
    together; none known among them stands for all. Raises ValueError where there is no evaluation to take.
    """
    method = method_in_use()
    with _one_moment():
        evaluations = chosen_of(evaluations_of(actor, bucket), wanted)
        if not evaluations:
            raise ValueError("this bucket has no evaluation of two different revisions")
        ranking = rank_now(bucket, evaluations, method)
        data = to_json(ranking)
        report = Report.objects.create(
            bucket=bucket, numbers=data, sha256=digest(data), code_version=method.code_version, created_by=actor
        )
        record(
            actor,
            "report.frozen",
            report,
            bucket=str(bucket.public_id),
            evaluations=[item.evaluation for item in ranking.evaluations],
            judgments=ranking.found.judgments,
            sha256=report.sha256,
        )
    return report


def numbers_now(evaluation: Evaluation, method: Method) -> Numbers:
    """What a report frozen at this moment states. Call it inside a transaction: it reads several times."""
    facts, beside, plan = facts_of(evaluation), beside_of(evaluation), plan_in_force(evaluation)
    data = read_columns(evaluation, facts.criteria, beside)
    return replace(
        heed(build_from(data, facts, method, beside), watch_judgments(data, plan) if plan else None),
        powered=powered_by_judges(evaluation, data),
        traffic=dict(beside.traffic) or None,
    )


def set_plan(*, actor: User, evaluation: Evaluation, plan: StoppingPlan) -> StoppingPlan:
    """Keep how much difference matters and when judging may stop. A former plan stays on record; so does how many
    judgments there were when this one was set. Raises ValueError when no number of tasks is enough.
    """
    plan.evaluation, plan.created_by, plan.planned = evaluation, actor, 1
    tasks = plan.plan.design.tasks_for(plan.difference)
    if tasks is None:
        raise ValueError("no number of tasks shows this difference with so few assessors")
    plan.planned = tasks * evaluation.overlap
    with transaction.atomic():
        said = Judgment.objects.filter(assignment__evaluation=evaluation)
        plan.judgments_then = said.counted().count()
        plan.save(force_insert=True)
        record(
            actor,
            "evaluation.planned",
            evaluation,
            difference=plan.difference,
            planned=plan.planned,
            rule=plan.kind,
            judgments_then=plan.judgments_then,
        )
    return plan


def set_traffic(*, actor: User, evaluation: Evaluation, weights: Mapping[str, float]) -> TrafficMix:
    """Keep how much clusters count in use: shares that sum to 1 are made of any weights; none takes them back.
    Raises ValueError for a weight below 0, or when all are 0."""
    if any(weight < 0 for weight in weights.values()) or (weights and not any(weights.values())):
        raise ValueError("weights must not be below 0, and one of them must be above")
    total = sum(weights.values())
    shares = {name: weight / total for name, weight in weights.items()}
    with transaction.atomic():
        mix = TrafficMix.objects.create(evaluation=evaluation, weights=shares, created_by=actor)
        record(actor, "evaluation.traffic_weighted", evaluation, weights=shares)
    return mix


def download_report(*, actor: User | None, report: Report, form: str) -> Download:
    """The report in a form, e.g. "xlsx"; that someone took it away is recorded. Raises KeyError for an unknown form."""
    exporter = exporter_named(form)
    content = exporter.render(report)
    name = slugify(f"{report.name} ranking" if report.ranking else report.name) or "report"
    record(actor, "report.exported", report, form=form, sha256=report.sha256)
    return Download(content, exporter.media_type, f"{name}-{report.sha256[:8]}{exporter.suffix}")


def export_preferences(*, actor: User | None, evaluation: Evaluation, form: str, lift: Collection[str] = ()) -> Stream:
    """The evaluation's preference pairs in a form, e.g. "parquet"; `lift` names rules of the guard to let go. That
    someone took them away is recorded. Raises KeyError for an unknown form, ValueError for a rule that stays.
    """
    found, plan = forms()[form], plan_export(evaluation, lift)
    manifest = plan.manifest
    name, sha256 = slugify(evaluation.name) or "evaluation", digest(manifest)
    record(
        actor,
        "preferences.exported",
        evaluation,
        form=form,
        pairs=manifest["pairs"],
        taken_in_all_the_same=manifest["taken_in_all_the_same"],
        manifest_sha256=sha256,
    )
    filename = f"{name}-preferences-{sha256[:8]}{found.suffix}"
    return Stream(found.render(Export(plan, manifest)), found.media_type, filename, manifest)


def export_judgments(*, actor: User | None, evaluation: Evaluation) -> Stream:
    """Every judgment that counts as Parquet; that someone took them away is recorded."""
    record(actor, "judgments.exported", evaluation, form="parquet")
    name = slugify(evaluation.name) or "evaluation"
    media_type = "application/vnd.apache.parquet"
    return Stream(stream_judgments(evaluation), media_type, f"{name}-judgments.parquet", {})


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees the database as of its first read. Inside a caller's, that one's isolation holds."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
