"""What would be exported of an evaluation, and what not and why: read before a file is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q

from apps.assessment.models import AssignmentState, Comparison, Judgment, LeakHit, Rating, StandingState
from apps.benchmarks.models import Benchmark
from apps.benchmarks.queries.sources import closed_tasks
from apps.buckets.models import Image, TaskImage
from apps.reports.preferences.rules import Candidate, Selection, Vote, select
from apps.reports.provenance import code_version

if TYPE_CHECKING:
    from collections.abc import Collection

    from apps.assessment.models import Evaluation
    from apps.generation.models import Run
    from apps.reports.models import Report

FORMAT = "sbs-preferences/1"
BLANK = r"^\s*$"


@dataclass(frozen=True)
class Plan:
    """`report` is the newest frozen one of the evaluation, if any."""

    evaluation: Evaluation
    selection: Selection
    report: Report | None

    @property
    def manifest(self) -> dict[str, Any]:
        """Where the pairs come from and what was left out, as JSON. No clock: the same judgments give the same."""
        evaluation, chosen = self.evaluation, self.selection
        return {
            "format": FORMAT,
            "evaluation": {"id": str(evaluation.public_id), "name": evaluation.name, "state": evaluation.state},
            "bucket": {
                "name": evaluation.bucket.name,
                "version": evaluation.bucket.version,
                "sha256": evaluation.bucket.sha256,
            },
            "a": _side(evaluation.run_a),
            "b": _side(evaluation.run_b),
            "report": {"id": str(self.report.public_id), "sha256": self.report.sha256} if self.report else None,
            "code_version": code_version(),
            "pairs": len(chosen.pairs),
            "chosen_when": "more than half of the judgments that count prefer the answer",
            "comparisons": {"all": chosen.comparisons, "left_out": dict(chosen.comparisons_out)},
            "judgments": {"all": chosen.judgments, "left_out": dict(chosen.judgments_out)},
            "taken_in_all_the_same": list(chosen.lifted),
        }


def plan_export(evaluation: Evaluation, lift: Collection[str] = ()) -> Plan:
    """Raises ValueError for a rule that may not be lifted."""
    report = evaluation.reports.defer("numbers").order_by("-pk").first()
    return Plan(evaluation, select(candidates_of(evaluation), lift), report)


def candidates_of(evaluation: Evaluation) -> list[Candidate]:
    """All comparisons in the bucket's order, in a few queries, no texts."""
    votes, lost, measured = _votes(evaluation), _tasks_without_picture(evaluation), _measured_tasks(evaluation)
    closed = closed_tasks(evaluation.bucket)
    rows = evaluation.comparisons.annotate(
        leaked=Exists(LeakHit.objects.filter(comparison=OuterRef("pk"))),
        same=Q(answer_a__text=F("answer_b__text")),
        empty=Q(answer_a__text__regex=BLANK) | Q(answer_b__text__regex=BLANK),
    )
    found = rows.order_by("task__position", "pk")
    return [
        Candidate(
            pk,
            state,
            check,
            task in closed,
            task in measured,
            leaked,
            same,
            empty,
            task in lost,
            tuple(votes.get(pk, ())),
        )
        for pk, task, state, check, leaked, same, empty in found.values_list(
            "pk", "task_id", "state", "is_check", "leaked", "same", "empty"
        )
    ]


def _votes(evaluation: Evaluation) -> dict[int, list[Vote]]:
    """By comparison, in the order of their making."""
    ratings: dict[int, dict[str, int]] = defaultdict(dict)
    current = Judgment.objects.filter(assignment__evaluation=evaluation).current()
    said = Rating.objects.filter(judgment__in=current).exclude(preference=None)
    for judgment_id, key, preference in said.values_list("judgment_id", "criterion__key", "preference"):
        ratings[judgment_id][key] = preference or 0
    gone = evaluation.standings.exclude(state=StandingState.WORKING).values_list("assessor_id", flat=True)
    stopped, votes = set(gone), defaultdict[int, list[Vote]](list)
    for judgment in current.select_related("assignment", "assessor").order_by("judged_at", "pk"):
        votes[judgment.assignment.comparison_id].append(
            Vote(
                verdict=judgment.verdict,
                simulated=judgment.assessor.simulated,
                withdrawn=judgment.assignment.state != AssignmentState.DONE,
                stopped=judgment.assessor_id in stopped,
                unseen=judgment.is_unseen,
                contradicts=bool(judgment.contradiction),
                flagged=judgment.flagged,
                ratings=ratings.get(judgment.pk, {}),
            )
        )
    return votes


def _tasks_without_picture(evaluation: Evaluation) -> set[int]:
    """Tasks with a picture whose file is gone. Each file is looked for once."""
    tasks: dict[str, set[int]] = defaultdict(set)
    shown = TaskImage.objects.filter(task__in=Comparison.objects.filter(evaluation=evaluation).values("task"))
    for task, name in shown.values_list("task_id", "image__file"):
        tasks[name].add(task)
    stored = Image._meta.get_field("file").storage
    return {task for name, found in tasks.items() if not stored.exists(name) for task in found}


def _measured_tasks(evaluation: Evaluation) -> set[int]:
    """Tasks of a benchmark's bucket, and those that share a picture with one: stored pictures are one by content."""
    tasks = TaskImage.objects.filter(task__bucket=evaluation.bucket_id)
    measured = Benchmark.objects.values("bucket")
    if measured.filter(bucket=evaluation.bucket_id).exists():
        return set(evaluation.comparisons.values_list("task_id", flat=True))
    pictures = TaskImage.objects.filter(task__bucket__in=measured).values("image")
    return set(tasks.filter(image__in=pictures).values_list("task_id", flat=True))


def _side(run: Run) -> dict[str, Any]:
    revision = run.revision
    return {
        "pipeline": revision.pipeline.name,
        "revision": revision.number,
        "revision_sha256": revision.sha256,
        "run": str(run.public_id),
    }
