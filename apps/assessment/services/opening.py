"""Open an evaluation: freeze what is compared, draw sides and order, lay out every place beforehand."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.blindness import named_in, shared_words
from apps.assessment.domain.criteria import SETS
from apps.assessment.domain.order import draw_order
from apps.assessment.domain.refusals import CannotOpen
from apps.assessment.domain.sides import draw_sides
from apps.assessment.models import LONGEST_LEASE, SHORTEST_LEASE, Assignment, Comparison, Criterion, Evaluation
from apps.assessment.queries import comparable_pairs, pipeline_names
from apps.audit.services import record
from apps.generation.models import AnswerState, Run

BATCH = 2000


@transaction.atomic
def open_evaluation(
    *,
    actor: User,
    name: str,
    run_a: Run,
    run_b: Run,
    overlap: int,
    guidelines: str,
    assessors: Iterable[User],
    seed: int,
    lease_minutes: int = 30,
    criteria: str = "standard",
) -> Evaluation:
    """A is the candidate, B the baseline. Tasks that either run failed at are left out. Raises CannotOpen."""
    refuse_unfit(run_a, run_b, overlap=overlap, lease_minutes=lease_minutes, criteria=criteria)
    secrets = pipeline_names(run_a, run_b)
    if named_in(guidelines, secrets):
        raise CannotOpen("unblinds")
    evaluation = Evaluation.objects.create(
        name=name,
        shown_name="" if shared_words(name, secrets) else name,
        bucket=run_a.bucket,
        run_a=run_a,
        run_b=run_b,
        overlap=overlap,
        guidelines=guidelines,
        lease_minutes=lease_minutes,
        seed=seed,
        created_by=actor,
    )
    evaluation.assessors.set(assessors)
    Criterion.objects.bulk_create(
        Criterion(evaluation=evaluation, key=spec.key, position=position, required=spec.required)
        for position, spec in enumerate(SETS[criteria])
    )
    comparisons = lay_out(evaluation)
    record(actor, "evaluation.opened", evaluation, comparisons=comparisons, overlap=overlap, seed=seed)
    return evaluation


def refuse_unfit(run_a: Run, run_b: Run, *, overlap: int, lease_minutes: int, criteria: str) -> None:
    if run_a.pk == run_b.pk:
        raise CannotOpen("same_run")
    if run_a.bucket_id != run_b.bucket_id:
        raise CannotOpen("buckets")
    if not 1 <= overlap <= 20:
        raise CannotOpen("overlap")
    if not SHORTEST_LEASE <= lease_minutes <= LONGEST_LEASE:
        raise CannotOpen("lease")
    if criteria not in SETS:
        raise CannotOpen("criteria")
    for run in (run_a, run_b):
        if run.answers.filter(state__in=[AnswerState.WAITING, AnswerState.RUNNING]).exists():
            raise CannotOpen("incomplete")


def lay_out(evaluation: Evaluation) -> int:
    """Create the comparisons and all their places; returns the number of comparisons. Raises CannotOpen."""
    pairs = list(comparable_pairs(evaluation.run_a, evaluation.run_b))
    if not pairs:
        raise CannotOpen("nothing")
    comparisons = Comparison.objects.bulk_create(
        (
            Comparison(evaluation=evaluation, task_id=task, answer_a_id=answer_a, answer_b_id=answer_b)
            for task, _, answer_a, answer_b in pairs
        ),
        batch_size=BATCH,
    )
    lay_out_places(evaluation, comparisons, [cluster for _, cluster, _, _ in pairs])
    return len(comparisons)


def lay_out_places(evaluation: Evaluation, comparisons: Sequence[Comparison], clusters: Sequence[str]) -> None:
    sides = draw_sides(clusters, evaluation.overlap, seed=evaluation.seed)
    keys = draw_order(len(comparisons), evaluation.overlap, seed=evaluation.seed)
    Assignment.objects.bulk_create(
        (
            Assignment(
                evaluation=evaluation,
                comparison=comparison,
                replica=replica,
                order_key=keys[number][replica],
                a_on_left=sides[number][replica],
            )
            for number, comparison in enumerate(comparisons)
            for replica in range(evaluation.overlap)
        ),
        batch_size=BATCH,
    )
