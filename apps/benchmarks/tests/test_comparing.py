import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benchmarks.models import BenchmarkRun
from apps.benchmarks.queries import compare_revisions, compare_runs
from apps.benchmarks.services import create_benchmark, score_run
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run, make_marked_bucket
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from conftest import Cast

pytestmark = pytest.mark.slow


def make_two(cast: Cast, *, images: int = 0) -> tuple[BenchmarkRun, BenchmarkRun]:
    """Of four tasks two are right before and three after, t3 being newly right."""
    benchmark = make_benchmark(cast.researcher, images=images)
    after = make_run(benchmark.bucket, make_revision(cast.researcher, name="Better"), text="Yes")
    after.answers.filter(task__key="t2").update(text="No")
    scored = [
        score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
        for run in (make_half_right_run(benchmark), after)
    ]
    return scored[0], scored[1]


def test_runs_are_compared_task_by_task(cast: Cast) -> None:
    before, after = make_two(cast)
    compared = compare_runs(before, after)
    assert compared.overall is not None
    assert compared.overall.difference.value == pytest.approx(0.25)
    assert compared.overall.gain.value == pytest.approx(0.5)
    counts = compared.overall.counts
    assert counts is not None
    assert (counts.both, counts.before_only, counts.after_only, counts.neither) == (2, 0, 1, 1)
    assert [pair.before.answer.task.key for pair in compared.changed] == ["t3"]


def test_tasks_about_one_picture_are_one_cluster(cast: Cast) -> None:
    """t0 and t3 show the same."""
    before, after = make_two(cast, images=1)
    overall = compare_runs(before, after).overall
    assert overall is not None
    assert (overall.items, overall.clusters) == (4, 3)


def test_the_page_shows_the_gain_and_leads_to_both_answers(client: Client, cast: Cast) -> None:
    before, after = make_two(cast)
    address = reverse("benchmarks:compare", args=[before.public_id, after.public_id])
    client.force_login(cast.researcher)
    assert address in client.get(reverse("benchmarks:run", args=[after.public_id])).text
    page = client.get(address).text
    assert "+25.0" in page
    assert "+50.0" in page
    assert "test, p: 1.000" in page  # where it is small: "p: < 0.001"
    pair = [run.run.answers.get(task__key="t3").public_id for run in (before, after)]
    assert reverse("generation:compare", args=pair) in page
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404


def test_another_protocol_over_the_same_answers_is_no_further_test(cast: Cast) -> None:
    """Holm's correction counts sets of questions; the protocol that was made first is the one tested."""
    before, after = make_two(cast)
    sibling = create_benchmark(
        actor=cast.researcher, name="A sibling", bucket=before.benchmark.bucket, protocol="inclusion@1",
        now=timezone.now(),
    )  # fmt: skip
    for each in (before, after):
        score_run(actor=cast.researcher, benchmark=sibling, run=each.run, now=timezone.now())
    first, second = compare_revisions(cast.researcher, before.run.revision, after.run.revision)
    assert (first.before.benchmark, second.before.benchmark) == (before.benchmark, sibling)
    assert first.comparison.difference.p is not None
    assert first.p == pytest.approx(first.comparison.difference.p)
    assert second.p is None


def test_runs_of_two_benchmarks_are_not_compared(client: Client, cast: Cast) -> None:
    before, after = make_two(cast)
    other = make_marked_bucket(cast.researcher, name="Other")
    benchmark = create_benchmark(
        actor=cast.researcher, name="Other", bucket=other, protocol="exact_match@1", now=timezone.now()
    )
    BenchmarkRun.objects.filter(pk=after.pk).update(benchmark=benchmark)
    client.force_login(cast.researcher)
    address = reverse("benchmarks:compare", args=[before.public_id, after.public_id])
    assert client.get(address).status_code == 404
