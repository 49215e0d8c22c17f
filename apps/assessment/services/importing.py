"""Keep judgments that were made elsewhere: the same tables, constraints and reports, and never open to judging."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.assessment.domain.becoming import become
from apps.assessment.labels import said_of_import
from apps.assessment.models import (
    Assignment,
    AssignmentState,
    Comparison,
    ComparisonState,
    Criterion,
    Evaluation,
    EvaluationState,
    Judgment,
    Rating,
)
from apps.assessment.services.saying import packed_said
from apps.audit.services import record
from apps.buckets.domain.fingerprint import Fingerprint
from apps.buckets.domain.languages import suggested_tag
from apps.buckets.domain.rows import TaskRow
from apps.buckets.models import Bucket, Task
from apps.buckets.services import freeze_bucket
from apps.generation.models import Answer, AnswerState, Run, RunState
from apps.pipelines.models import Pipeline, PipelineRevision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from apps.assessment.domain.criteria import CriterionSpec
    from apps.assessment.domain.elsewhere import Told
    from apps.assessment.domain.found import Becomes
    from apps.assessment.services.looking import Look

BATCH = 5000
NOWHERE = "imported.invalid"  # a domain that never is (RFC 2606): nobody can sign in or be written to


def import_judgments(
    *, actor: User, name: str, look: Look, becomes: Mapping[str, Becomes] | None = None, tie_within: float = 0
) -> list[Evaluation]:
    """What `look_into` found in a file: one closed evaluation for each pair of pipelines, all over one new bucket.

    `becomes`: as the look suggests, unless told otherwise. All of it or nothing: raises CannotImport with rows, fields
    and remedies.
    """
    becomes, form = look.becomes if becomes is None else becomes, look.form
    told, specs = become(look.told, look.found, becomes, tie_within)
    pairs, spoken = _by_pair(told), _by_pipeline(told)
    facts = {
        "form": form,
        "sha256": look.sha256,
        "became": {key: target.what for key, target in becomes.items()},
        "tie_within": tie_within,
    }
    with transaction.atomic():
        tasks = _keep_tasks(actor, name, told)
        runs = {name: _keep_answers(actor, name, tasks, texts, form) for name, texts in sorted(spoken.items())}
        people = _keep_people(told)
        kept = []
        for (a, b), rows in sorted(pairs.items()):
            title = name if len(pairs) == 1 else f"{name}: {a} – {b}"[:120]
            evaluation = _keep_evaluation(actor, title, form, (runs[a], runs[b]), rows)
            evaluation.guidelines = said_of_import(form, look.found, becomes, tie_within)
            evaluation.save(update_fields=["guidelines"])
            _keep_judgments(evaluation, tasks, people, rows, specs)
            evaluation.assessors.set({people[item.assessor] for item in rows})
            record(actor, "evaluation.imported", evaluation, judgments=len(rows), **facts)
            kept.append(evaluation)
    return kept


def _by_pair(told: Iterable[Told]) -> dict[tuple[str, str], list[Told]]:
    found: dict[tuple[str, str], list[Told]] = {}
    for item in told:
        found.setdefault((item.a, item.b), []).append(item)
    return found


def _by_pipeline(told: Iterable[Told]) -> dict[str, dict[str, str]]:
    """What each said to each task."""
    found: dict[str, dict[str, str]] = {}
    for item in told:
        found.setdefault(item.a, {})[item.task] = item.answer_a
        found.setdefault(item.b, {})[item.task] = item.answer_b
    return found


def _keep_tasks(actor: User, name: str, told: Sequence[Told]) -> dict[str, Task]:
    latest = Bucket.objects.filter(name=name).aggregate(latest=Max("version"))["latest"] or 0
    first = {item.task: item for item in reversed(told)}
    found = [
        TaskRow(item.row, key, item.instruction or key, _language(item), item.cluster or "-")
        for key, item in sorted(first.items())
    ]
    fingerprint = Fingerprint()
    for row in found:
        fingerprint.add(row, [])
    bucket = Bucket.objects.create(
        name=name,
        version=latest + 1,
        sha256=fingerprint.hexdigest(),
        created_by=actor,
        description="Imported judgments",
    )
    bucket.members.add(actor)
    tasks = Task.objects.bulk_create(
        (
            Task(
                bucket=bucket,
                key=row.key,
                position=place,
                instruction=row.instruction,
                language=row.language,
                cluster=row.cluster,
            )
            for place, row in enumerate(found)
        ),
        batch_size=BATCH,
    )
    freeze_bucket(actor=actor, bucket=bucket, now=timezone.now())
    return {task.key: task for task in tasks}


def _language(item: Told) -> str:
    return suggested_tag(item.language) or item.language or "und"


def _keep_answers(actor: User, name: str, tasks: Mapping[str, Task], texts: Mapping[str, str], form: str) -> Run:
    """A run of a revision that says where it comes from and can't be run again."""
    bucket = next(iter(tasks.values())).bucket
    run = Run.objects.create(
        bucket=bucket, revision=_revision(actor, name, form), state=RunState.CANCELLED, created_by=actor
    )
    now = timezone.now()
    Answer.objects.bulk_create(
        (
            Answer(run=run, task=tasks[key], state=AnswerState.DONE, text=text, finished_at=now)
            for key, text in texts.items()
        ),
        batch_size=BATCH,
    )
    return run


def _revision(actor: User, name: str, form: str) -> PipelineRevision:
    spec = {"imported": {"pipeline": name, "from": form}}
    source = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    pipeline, _ = Pipeline.objects.get_or_create(name=f"{name} (imported)", defaults={"created_by": actor})
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    latest = pipeline.revisions.aggregate(latest=Max("number"))["latest"] or 0
    facts = {"number": latest + 1, "source": source, "spec": spec, "created_by": actor}
    return PipelineRevision.objects.get_or_create(pipeline=pipeline, sha256=sha256, defaults=facts)[0]


def _keep_people(told: Iterable[Told]) -> dict[str, User]:
    """Closed accounts without a password, new ones for every file: two campaigns may call two people by one name."""
    labels = sorted({item.assessor for item in told})
    made = [User(email=f"{uuid4().hex}@{NOWHERE}", name=label, is_active=False) for label in labels]
    for person in made:
        person.set_unusable_password()
    return dict(zip(labels, User.objects.bulk_create(made, batch_size=BATCH), strict=True))


def _keep_evaluation(actor: User, name: str, form: str, runs: tuple[Run, Run], rows: Sequence[Told]) -> Evaluation:
    return Evaluation.objects.create(
        name=name,
        bucket=runs[0].bucket,
        run_a=runs[0],
        run_b=runs[1],
        overlap=max(Counter(item.task for item in rows).values()),
        seed=0,
        state=EvaluationState.CLOSED,
        imported_from=form,
        created_by=actor,
    )


def _keep_judgments(
    evaluation: Evaluation,
    tasks: Mapping[str, Task],
    people: Mapping[str, User],
    rows: Sequence[Told],
    specs: Sequence[CriterionSpec],
) -> None:
    answers = [dict(run.answers.values_list("task", "pk")) for run in (evaluation.run_a, evaluation.run_b)]
    comparisons = Comparison.objects.bulk_create(
        (
            Comparison(
                evaluation=evaluation,
                task=tasks[key],
                answer_a_id=answers[0][tasks[key].pk],
                answer_b_id=answers[1][tasks[key].pk],
                state=ComparisonState.RELEASED,
            )
            for key in dict.fromkeys(item.task for item in rows)
        ),
        batch_size=BATCH,
    )
    assignments = _places(
        evaluation, {comparison.task_id: comparison for comparison in comparisons}, tasks, people, rows
    )
    now = timezone.now()
    made = (Criterion.from_spec(spec, evaluation=evaluation, position=place) for place, spec in enumerate(specs))
    criteria = Criterion.objects.bulk_create(made)
    judgments = Judgment.objects.bulk_create(
        (
            Judgment(
                assignment=place,
                assessor=place.assessor,
                submission_id=uuid4(),
                verdict=item.verdict,
                a_on_left=item.a_on_left,
                comment=item.comment,
                seconds=item.seconds,
                judged_at=item.judged_at or now,
                packed=packed_said(criteria, item.criteria),
            )
            for place, item in zip(Assignment.objects.bulk_create(assignments, batch_size=BATCH), rows, strict=True)
        ),
        batch_size=BATCH,
    )
    _keep_ratings(judgments, rows, {criterion.key: criterion for criterion in criteria})


def _keep_ratings(judgments: Sequence[Judgment], rows: Sequence[Told], criteria: Mapping[str, Criterion]) -> None:
    ratings = (
        Rating(judgment=judgment, criterion=criteria[key], **said._asdict())
        for judgment, item in zip(judgments, rows, strict=True)
        for key, said in item.criteria.items()
    )
    while batch := list(islice(ratings, BATCH)):
        Rating.objects.bulk_create(batch)


def _places(
    evaluation: Evaluation,
    by_task: Mapping[int, Comparison],
    tasks: Mapping[str, Task],
    people: Mapping[str, User],
    rows: Sequence[Told],
) -> list[Assignment]:
    places: Counter[str] = Counter()
    assignments = []
    for item in rows:
        assignments.append(
            Assignment(
                evaluation=evaluation,
                comparison=by_task[tasks[item.task].pk],
                replica=places[item.task],
                order_key=places[item.task] << 48,
                a_on_left=item.a_on_left,
                language=_language(item).partition("-")[0],
                state=AssignmentState.DONE,
                assessor=people[item.assessor],
                lease=1,
            )
        )
        places[item.task] += 1
    return assignments
