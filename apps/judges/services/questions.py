"""The model judge's questions: each comparison in both orders becomes a task, and an ordinary run answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from apps.assessment.labels import criterion_words
from apps.assessment.models import Comparison, Decision, LeakHit
from apps.assessment.queries.checks import shown_texts
from apps.buckets.models import Bucket
from apps.buckets.services import DerivedTask, add_member, derive_bucket, remove_member
from apps.generation.services import start_run
from apps.judges.domain.asking import Asked, ask
from apps.judges.domain.combining import A_FIRST
from apps.judges.domain.keys import key_of
from apps.judges.models import JudgeRun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation
    from apps.generation.models import Run
    from apps.judges.models import AutomaticJudge
    from apps.pipelines.models import PipelineRevision

AT_ONCE = 200


def ask_comparisons(
    actor: User, judge: AutomaticJudge, revision: PipelineRevision, missing: Mapping[int, Collection[str]]
) -> Run:
    """`missing`: by comparison, the orders to ask in. All runs of a judge are over versions of one bucket, which nobody
    sees who judges now."""
    evaluation = judge.evaluation
    earlier = Bucket.objects.filter(runs__judge_run__judge=judge).exclude(pk__in=Bucket.objects.visible_to(actor))
    for version in earlier:  # who joined the evaluation later goes on with its judge all the same
        add_member(actor=actor, bucket=version, user=actor)
    bucket = derive_bucket(
        actor=actor,
        source=evaluation.bucket,
        name=f"Judge {judge.public_id.hex[:8]}: {evaluation.name}"[:120],
        description=f"Questions to the automatic judge {revision} about {evaluation.name}, {judge.prompt}."[:500],
        tasks=questions(evaluation, missing),
    )
    if evaluation.is_open:
        for person in bucket.members.filter(pk__in=evaluation.assessors.values("pk")).exclude(pk=actor.pk):
            remove_member(actor=actor, bucket=bucket, user=person)
    run = start_run(actor=actor, bucket=bucket, revision=revision)
    JudgeRun.objects.create(judge=judge, run=run)
    return run


def questions(evaluation: Evaluation, missing: Mapping[int, Collection[str]]) -> Iterator[DerivedTask]:
    """One for each order. The judge reads what assessors read: leaks masked, and no name of a pipeline."""
    criteria, keys = criteria_asked(evaluation), list(missing)
    masked = set(LeakHit.objects.of(evaluation).decided(Decision.MASK).values_list("comparison", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        rows = Comparison.objects.filter(pk__in=keys[start : start + AT_ONCE])
        rows = rows.select_related("task", "answer_a", "answer_b").defer("answer_a__trace", "answer_b__trace")
        for comparison in rows.order_by("task__position"):
            stored = comparison.answer_a.text or "", comparison.answer_b.text or ""
            a, b = shown_texts(comparison) if comparison.pk in masked else stored
            for order in missing[comparison.pk]:
                key = key_of(comparison.task.key, comparison.public_id, order)
                asked = ask(comparison.task.instruction, (a, b) if order == A_FIRST else (b, a), criteria)
                yield DerivedTask(comparison.task_id, key, asked)


def criteria_asked(evaluation: Evaluation) -> list[Asked]:
    """In English, whoever starts the judge: the platform's questions must be the same for everyone."""
    with translation.override("en"):
        return [
            Asked(spec, str(criterion_words(spec.key, spec.name, spec.question)[1] or spec.name))
            for spec in (criterion.spec for criterion in evaluation.criteria.all())
        ]
