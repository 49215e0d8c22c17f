"""Open an evaluation over two runs, finished or still going."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.blindness import named_in, shared_words
from apps.assessment.domain.criteria import CriteriaSet
from apps.assessment.domain.policies import FIXED, Policy
from apps.assessment.domain.refusals import CannotOpen
from apps.assessment.domain.sets import SETS
from apps.assessment.models import LONGEST_LEASE, SHORTEST_LEASE, Criterion, Evaluation
from apps.assessment.queries import could_compare, pipeline_names
from apps.assessment.services.admitting import admit_first
from apps.assessment.services.ruling import keep_rules
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
    criteria: CriteriaSet | None = None,
    policy: Policy = FIXED,
) -> Evaluation:
    """A is the candidate, B the baseline; without `criteria` the standard set is asked. Raises CannotOpen.

    The first pairs that both runs have answered are taken in at once, the others as they become ready; tasks that a run
    failed at are left out.
    """
    refuse_unfit(run_a, run_b, overlap=overlap, lease_minutes=lease_minutes)
    refuse_unfit_policy(policy, overlap)
    asked = criteria or SETS["standard"]
    secrets = pipeline_names(run_a, run_b)
    refuse_telling(guidelines, asked, secrets)
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
        criteria_order=asked.order,
        **policy.settings(),
    )
    evaluation.assessors.set(assessors)
    keep_rules(evaluation, policy.rules)
    keep_criteria(evaluation, asked)
    comparisons = admit_first(evaluation)
    record(actor, "evaluation.opened", evaluation, comparisons=comparisons, overlap=overlap, seed=seed)
    return evaluation


def keep_criteria(evaluation: Evaluation, asked: CriteriaSet) -> None:
    Criterion.objects.bulk_create(
        Criterion.from_spec(spec, evaluation=evaluation, position=position)
        for position, spec in enumerate(asked.criteria)
    )


def refuse_telling(guidelines: str, asked: CriteriaSet, secrets: Sequence[str]) -> None:
    """Guidelines and criteria are read by assessors."""
    if named_in(guidelines, secrets):
        raise CannotOpen("unblinds")
    if named_in(" · ".join(asked.words()), secrets):
        raise CannotOpen("criteria_unblind")


def refuse_unfit_policy(policy: Policy, overlap: int) -> None:
    if policy.most_overlap is not None and not overlap < policy.most_overlap <= 20:
        raise CannotOpen("most_overlap")
    if policy.gold_percent + policy.control_percent + policy.retest_percent > 50:
        raise CannotOpen("checks")


def refuse_unfit(run_a: Run, run_b: Run, *, overlap: int, lease_minutes: int) -> None:
    if run_a.pk == run_b.pk:
        raise CannotOpen("same_run")
    if run_a.bucket_id != run_b.bucket_id:
        raise CannotOpen("buckets")
    if not 1 <= overlap <= 20:
        raise CannotOpen("overlap")
    if not SHORTEST_LEASE <= lease_minutes <= LONGEST_LEASE:
        raise CannotOpen("lease")
    if not could_compare(run_a, run_b):
        raise CannotOpen("nothing")
