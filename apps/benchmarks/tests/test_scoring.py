import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.benchmarks.models import Benchmark, BenchmarkRun, Score
from apps.benchmarks.queries import means_by, overall, run_results, samples, scorable_runs
from apps.benchmarks.services import BenchmarkRefused, ScoringRefused, create_benchmark, score_run, score_waiting
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run, make_marked_bucket
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from conftest import Cast


def test_a_benchmark_freezes_its_bucket(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    benchmark.bucket.refresh_from_db()
    assert benchmark.bucket.frozen_at
    assert AuditEvent.objects.filter(verb="benchmark.created", target_id=str(benchmark.public_id)).exists()


def test_tasks_without_fit_references_are_named_and_nothing_is_made(cast: Cast) -> None:
    bucket = make_marked_bucket(cast.researcher, tasks=60)
    bucket.tasks.filter(position__gte=5).update(references=[])
    with pytest.raises(BenchmarkRefused, match="55") as refused:
        create_benchmark(
            actor=cast.researcher, name="Quiz", bucket=bucket, protocol="exact_match@1", now=timezone.now()
        )
    assert [problem.task_key for problem in refused.value.problems] == [f"t{number}" for number in range(5, 55)]
    bucket.refresh_from_db()
    assert (Benchmark.objects.count(), bucket.frozen_at) == (0, None)


def test_an_empty_bucket_is_refused(cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, tasks=0)
    with pytest.raises(BenchmarkRefused, match="no tasks"):
        create_benchmark(actor=cast.researcher, name="x", bucket=bucket, protocol="exact_match@1", now=timezone.now())


def test_failed_answers_count_as_0_and_are_counted_apart(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    scored = score_run(
        actor=cast.researcher, benchmark=benchmark, run=make_half_right_run(benchmark), now=timezone.now()
    )
    mean = overall(scored)
    assert (mean.percent, mean.tasks, mean.failed, mean.unparsed) == (50, 4, 1, 1)
    assert mean.stderr == pytest.approx(28.8675, abs=1e-4)  # s = sqrt(1/3) of 0 0 1 1, over sqrt(4)
    assert run_results(benchmark)[0].mean == mean
    assert [score.answer.task.key for score in samples(scored, "zero")] == ["t2", "t3"]
    assert [score.answer.task.key for score in samples(scored, "unparsed")] == ["t3"]


def test_means_by_group_add_up_and_one_task_has_no_error(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    scored = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    groups = means_by(scored, "cluster")
    assert [(group.label, group.mean.percent, group.mean.tasks) for group in groups] == [
        ("colours", 100, 2),
        ("shapes", 0, 2),
    ]


def test_the_best_run_comes_first(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    weak = make_half_right_run(benchmark, name="Weak")
    strong = make_run(benchmark.bucket, make_revision(cast.researcher, name="Strong"), text="Yes")
    for run in (weak, strong):
        score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    assert [result.benchmark_run.run for result in run_results(benchmark)] == [strong, weak]


def test_scoring_again_replaces_scores(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    first = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    run.answers.filter(state=AnswerState.FAILED).update(state=AnswerState.DONE, text="yes t2")
    again = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    assert (again.pk, overall(again).percent, Score.objects.count()) == (first.pk, 75, 4)


@pytest.mark.parametrize("state", [AnswerState.WAITING, AnswerState.CANCELLED])
def test_a_run_that_is_not_finished_leaves_no_score(cast: Cast, state: str) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    assert list(scorable_runs(benchmark)) == [run]
    run.answers.filter(task__key="t1").update(state=state, text=None)
    with pytest.raises(ScoringRefused, match="1 answer"):
        score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    assert not benchmark.benchmark_runs.exists()
    assert not scorable_runs(benchmark).exists()


def test_a_run_over_another_bucket_is_refused(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_run(make_bucket(cast.researcher), make_revision(cast.researcher))
    with pytest.raises(ScoringRefused, match="another bucket"):
        score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())


def test_the_database_keeps_one_score_per_answer_and_none_for_nothing(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    scored = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    score = scored.scores.get(answer__task__key="t2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(benchmark_run=scored, answer=score.answer, outcome="scored", value=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        scored.scores.filter(pk=score.pk).update(value=0.5)


def test_a_run_that_can_not_be_scored_holds_up_no_other(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    empty = make_half_right_run(benchmark, name="Empty")
    empty.answers.all().delete()
    for run in (empty, make_half_right_run(benchmark)):
        BenchmarkRun.objects.create(benchmark=benchmark, run=run, created_by=cast.researcher)
    with pytest.raises(ScoringRefused, match="no answers"):
        score_waiting(now=timezone.now())
    assert BenchmarkRun.objects.exclude(scored_at=None).get().run.revision.pipeline.name == "Pipeline"
