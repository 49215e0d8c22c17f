import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from apps.accounts.models import User
from apps.assessment.domain.policies import FIXED, Policy
from apps.assessment.domain.sets import SETS
from apps.assessment.domain.verdicts import JudgmentInput, rating_shown, verdict_shown
from apps.assessment.models import CriterionKind, Evaluation, Judgment
from apps.assessment.services import admit_pairs, claim_comparison, open_evaluation, submit_judgment
from apps.assessment.services.admitting import WHILE_WAITED
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision


def make_evaluation(
    owner: User,
    *,
    assessors: Sequence[User],
    tasks: int = 4,
    overlap: int = 2,
    images: int = 0,
    name: str = "Evaluation",
    guidelines: str = "",
    seed: int = 7,
    going: bool = False,
    lost: Sequence[str] = (),
    says: Mapping[str, str] | None = None,
    criteria: str = "comparative",
    policy: Policy = FIXED,
    tail: str = "",
) -> Evaluation:
    """Over a new bucket and two new complete runs: A says "Amber <key>", B says "Birch <key>".

    B's run is still `going`, all its answers waiting; A failed at the tasks with the keys in `lost`, and `says` has
    other answers of A by task key. `tail` ends every answer, so that gold can be made of it."""
    serial = Evaluation.objects.count()
    bucket = make_bucket(owner, name=f"{name} tasks {serial}", tasks=tasks, images=images)
    candidate = make_revision(owner, name=f"Candidate {serial}")
    baseline = make_revision(owner, name=f"Baseline {serial}")
    run_a, run_b = make_run(bucket, candidate, text="Amber"), make_run(bucket, baseline, text="Birch", done=not going)
    failure = {"state": AnswerState.FAILED, "text": None, "error": "all ran out", "error_kind": "out_of_memory"}
    run_a.answers.filter(task__key__in=lost).update(**failure)
    for key, text in (says or {}).items():
        run_a.answers.filter(task__key=key).update(text=text)
    if tail:
        done = Answer.objects.filter(run__in=[run_a, run_b], state=AnswerState.DONE)
        done.update(text=Concat("text", Value(f" {tail}")))
    evaluation = open_evaluation(
        actor=owner,
        name=name,
        run_a=run_a,
        run_b=run_b,
        overlap=overlap,
        guidelines=guidelines,
        assessors=assessors,
        seed=seed,
        criteria=SETS[criteria],
        policy=policy,
    )
    while tasks > WHILE_WAITED and admit_pairs(evaluation=evaluation):  # as the job does
        pass
    return evaluation


def answer_tasks(evaluation: Evaluation, *keys: str, text: str = "Birch") -> None:
    """B's answers to these tasks arrive."""
    for answer in Answer.objects.filter(run=evaluation.run_b, task__key__in=keys).select_related("task"):
        answer.state, answer.text, answer.finished_at = AnswerState.DONE, f"{text} {answer.task.key}", timezone.now()
        answer.save()


def make_judgment(
    evaluation: Evaluation,
    *,
    assessor: User,
    verdict: str = "a",
    ratings: Mapping[str, int] | None = None,
    comment: str = "",
    now: datetime | None = None,
) -> Judgment:
    """The assessor's next comparison, judged in terms of the pipelines: `verdict` a value of `Verdict`; `ratings` by
    criterion key, 1 for A; those left out are the same. Fails when nothing is left for the assessor."""
    now = now or timezone.now()
    place = claim_comparison(assessor=assessor, evaluation=evaluation, now=now)
    assert place is not None
    criteria = list(evaluation.criteria.all())
    meant = {item.key: 0 for item in criteria if item.kind == CriterionKind.COMPARATIVE} | dict(ratings or {})
    marking = any(item.kind == CriterionKind.MARKS for item in criteria)
    form = JudgmentInput(
        verdict=verdict_shown(verdict, a_on_left=place.a_on_left),
        ratings={key: rating_shown(value, a_on_left=place.a_on_left) for key, value in meant.items()},
        comment=comment,
        faults=("none", "none") if marking else ("", ""),
    )
    return submit_judgment(
        assessor=assessor,
        assignment_id=place.public_id,
        lease=place.lease,
        submission_id=uuid.uuid4(),
        form=form,
        now=now,
    )
