"""Open an evaluation over two runs, finished or still going."""

from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.blindness import named_in, shared_words
from apps.assessment.domain.refusals import CannotOpen
from apps.assessment.domain.sets import SETS
from apps.assessment.models import LONGEST_LEASE, SHORTEST_LEASE, Criterion, Evaluation
from apps.assessment.queries import could_compare, pipeline_names
from apps.assessment.services.admitting import admit_first
from apps.audit.services import record
from apps.generation.models import Run


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
    """A is the candidate, B the baseline. Raises CannotOpen.

    The first pairs that both runs have answered are taken in at once, the others as they become ready; tasks that a run
    failed at are left out.
    """
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
        for position, spec in enumerate(SETS[criteria].criteria)
    )
    comparisons = admit_first(evaluation)
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
    if not could_compare(run_a, run_b):
        raise CannotOpen("nothing")
