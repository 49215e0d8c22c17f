"""One of everything, owned by the cast's researcher and judged by its assessor: what addresses of pages point at."""

from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import ApiToken, Invitation, User
from apps.accounts.services import invite_person, make_api_token, make_password_link
from apps.accounts.tests.makers import make_user
from apps.assessment.models import Assignment, Comparison, Evaluation, Judgment
from apps.assessment.services import claim_comparison
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.benchmarks.services import score_run
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run
from apps.buckets.models import Bucket, Image, Task
from apps.generation.models import Answer, Run, Trial
from apps.generation.services import try_instruction
from apps.judges.models import AutomaticJudge
from apps.judges.tests.makers import make_model_judge
from apps.pipelines.models import Pipeline, PipelineRevision
from apps.reports.models import Report
from apps.reports.services import freeze_report
from apps.splits.models import Split
from apps.splits.tests.makers import make_split
from apps.training.models import TrainedModel, Training
from apps.training.tests.makers import make_model, make_training
from conftest import Cast

LEAK = {"t3": "As an AI language model, I, Qwen2.5-VL-7B, see a plain square. " + "It is red, or so it seems. " * 12}

REPLIES = {
    "t0": ("verdict: 1\ngrammar: 1", "verdict: 2\ngrammar: 2"),
    "t1": ("verdict: 1", "Both are fine, I think, in their way."),
}


@dataclass(frozen=True)
class World:
    person: User
    invitation: Invitation
    api_token: ApiToken
    token: str
    password_token: str
    pipeline: Pipeline
    revision: PipelineRevision
    bucket: Bucket
    task: Task
    image: Image
    run: Run
    answer: Answer
    trial: Trial
    evaluation: Evaluation
    comparison: Comparison
    assignment: Assignment
    judgment: Judgment
    judge: AutomaticJudge
    report: Report
    benchmark: Benchmark
    benchmark_run: BenchmarkRun
    scored_answer: Answer
    split: Split
    training: Training
    model: TrainedModel


def make_world(cast: Cast) -> World:
    """The evaluation has four tasks with a picture each: one judged by the assessor, one leased to them; in one
    an answer names its model, so the pair waits for a decision."""
    now = timezone.now()
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], overlap=1, images=1, says=LEAK, criteria="standard"
    )
    judgment = make_judgment(evaluation, assessor=cast.assessor)
    assignment = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=now)
    assert assignment is not None
    invitation, token = invite_person(actor=cast.researcher, email="new@example.org", role="assessor", now=now)
    benchmark = make_benchmark(cast.researcher)
    run_to_score = make_half_right_run(benchmark)
    task = evaluation.bucket.tasks.all()[0]
    make_api_token(actor=cast.researcher, name="lmms-eval", now=now)
    person = make_user("person@example.org")
    [trial] = try_instruction(
        actor=cast.researcher,
        revisions=[evaluation.run_a.revision],
        instruction="What is it?",
        language="en",
    )
    return World(
        person=person,
        invitation=invitation,
        api_token=cast.researcher.api_tokens.get(),
        token=token,
        password_token=make_password_link(actor=cast.admin, person=person, now=now),
        pipeline=evaluation.run_a.revision.pipeline,
        revision=evaluation.run_a.revision,
        bucket=evaluation.bucket,
        task=task,
        image=task.images.all()[0],
        run=evaluation.run_a,
        answer=evaluation.run_a.answers.all()[0],
        trial=trial,
        evaluation=evaluation,
        comparison=judgment.assignment.comparison,
        assignment=assignment,
        judgment=judgment,
        judge=make_model_judge(cast.researcher, evaluation, replies=REPLIES),
        report=freeze_report(actor=cast.researcher, evaluation=evaluation),
        benchmark=benchmark,
        scored_answer=run_to_score.answers.all()[0],
        benchmark_run=score_run(actor=cast.researcher, benchmark=benchmark, run=run_to_score, now=now),
        split=make_split(cast.researcher),
        training=make_training(cast.researcher),
        model=make_model("tiny"),
    )
