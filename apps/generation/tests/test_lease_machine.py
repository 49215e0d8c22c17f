"""Any order of claims, ends, losses and sweeps: only the holder writes, and every answer comes to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models import F
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from apps.generation.domain.retries import batch_limit
from apps.generation.models import Answer, AnswerState, Run
from apps.generation.services import (
    claim_answers,
    extend_leases,
    fail_answer,
    finish_answers,
    release_answers,
    retry_failed,
    sweep_leases,
)
from apps.generation.tests.makers import make_run
from inference.contracts import Failure, Outcome

if TYPE_CHECKING:
    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision

LEASE_S = 60


class LeaseMachine(RuleBasedStateMachine):
    """`claims` are never forgotten, so old ones come back as zombies. `holders` is what a correct queue would know."""

    run: Run

    def __init__(self) -> None:
        super().__init__()
        Answer.objects.filter(run=self.run).update(
            state=AnswerState.WAITING, text=None, failures=0, not_before=None, lease_until=None
        )
        self.now = 0
        self.claims: list[Answer] = []
        self.holders: dict[int, tuple[int, int]] = {}  # answer -> (attempt, end of the lease)
        self.texts: dict[int, str] = {}

    def holds(self, claim: Answer) -> bool:
        return self.holders.get(claim.pk, (0, 0))[0] == claim.attempt

    def pick(self, data: st.DataObject) -> Answer:
        return data.draw(st.sampled_from(self.claims))

    @rule(size=st.integers(1, 4))
    def claim(self, size: int) -> None:
        batch = claim_answers(self.run, worker=f"w{len(self.claims)}", batch_size=size)
        assert len(batch) <= min((batch_limit(answer.failures, size) for answer in batch), default=0)
        for answer in batch:
            assert answer.pk not in self.holders, "nobody gets a row that is held"
            self.holders[answer.pk] = (answer.attempt, self.now + LEASE_S)
        self.claims += batch

    @rule(seconds=st.sampled_from([25, 100]))
    def time_passes(self, seconds: int) -> None:
        step = timedelta(seconds=seconds)
        Answer.objects.update(lease_until=F("lease_until") - step, not_before=F("not_before") - step)
        self.now += seconds

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """A batch, in which some leases may be lost, others held, and one answer claimed twice."""
        claims = data.draw(st.lists(st.sampled_from(self.claims), min_size=1, max_size=4, unique_by=id))
        texts = {id(claim): f"{claim.pk}/{claim.attempt}" for claim in claims}
        held = [claim for claim in claims if self.holds(claim)]
        assert finish_answers([(claim, Outcome("x", texts[id(claim)], None)) for claim in claims]) == len(held)
        for claim in held:
            del self.holders[claim.pk]
            self.texts[claim.pk] = texts[id(claim)]

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), retryable=st.booleans())
    def fail(self, data: st.DataObject, retryable: bool) -> None:
        claim, held = (picked := self.pick(data)), self.holds(picked)
        assert fail_answer(claim, Failure("model", "no", retryable)) is held
        if held:
            del self.holders[claim.pk]

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        claim, held = (picked := self.pick(data)), self.holds(picked)
        assert release_answers([claim]) == int(held)
        if held:
            del self.holders[claim.pk]

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def extend(self, data: st.DataObject) -> None:
        claim, held = (picked := self.pick(data)), self.holds(picked)
        assert extend_leases([claim]) == int(held)
        if held:
            self.holders[claim.pk] = (claim.attempt, self.now + LEASE_S)

    @rule()
    def sweep(self) -> None:
        expired = [key for key, (_, end) in self.holders.items() if end < self.now]
        result = sweep_leases()
        assert result.retried + result.failed == len(expired)
        for key in expired:
            del self.holders[key]

    @rule()
    def retry(self) -> None:
        retry_failed(actor=self.run.created_by, run=self.run)

    @invariant()
    def texts_stay(self) -> None:
        done = Answer.objects.filter(run=self.run, state=AnswerState.DONE)
        assert dict(done.values_list("pk", "text")) == self.texts

    def teardown(self) -> None:
        """From anywhere, honest workers and the sweeper bring every answer to an end."""
        open_answers = Answer.objects.filter(run=self.run, state__in=[AnswerState.WAITING, AnswerState.RUNNING])
        for _ in range(12):
            if not open_answers.exists():
                return
            self.time_passes(100)
            sweep_leases()
            for answer in claim_answers(self.run, worker="w", batch_size=6):
                finish_answers([(answer, Outcome("x", "end", None))])
        assert not open_answers.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_leases_hold_in_any_order(bucket: Bucket, revision: PipelineRevision) -> None:
    LeaseMachine.run = make_run(bucket, revision, done=False)
    run_state_machine_as_test(
        LeaseMachine, settings=settings(max_examples=10, stateful_step_count=20, deadline=None, database=None)
    )
