import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from apps.benchmarks.catalogue import catalogue
from apps.benchmarks.loaders import Pictures
from apps.benchmarks.models import Benchmark, BenchmarkRun, Source
from apps.benchmarks.queries import compare_revisions, leaderboard, ranks_of, samples
from apps.benchmarks.services import create_benchmark, run_suite, score_run, score_waiting
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run, make_marked_bucket
from apps.benchmarks.tests.test_comparing import make_two
from apps.buckets.models import Bucket
from apps.generation.models import AnswerState, Run
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from conftest import Cast

pytestmark = pytest.mark.slow


@pytest.fixture
def small_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """One benchmark instead of eight: the rest differ by their questions alone."""
    entry = replace(catalogue()["drawn-pairs"], protocols=("mme_official@1", "mme_strict@1"))
    monkeypatch.setattr("apps.benchmarks.services.suites.suite", lambda name: [entry] if name == "embedded" else [])


def answer_all(run: Run) -> None:
    for answer in run.answers.select_related("task"):
        answer.text, answer.state = answer.task.references[0], AnswerState.DONE
        answer.save()


@pytest.mark.usefixtures("small_suite")
def test_a_suite_is_loaded_once_run_once_and_scored_by_each_protocol(cast: Cast) -> None:
    revision = make_revision(cast.researcher)
    first = run_suite(actor=cast.researcher, name="embedded", revision=revision, now=timezone.now(), limit=4)
    assert len({each.run_id for each in first}) == 1
    assert score_waiting(now=timezone.now()) == 0
    answer_all(first[0].run)
    assert score_waiting(now=timezone.now()) == 2
    official = BenchmarkRun.objects.get(pk=first[0].pk)
    assert official.metrics["perception"]["value"] == 400  # two subtasks, all right
    run_suite(actor=cast.researcher, name="embedded", revision=revision, now=timezone.now(), limit=4)
    assert (Bucket.objects.count(), Benchmark.objects.count(), Run.objects.count()) == (1, 2, 2)
    assert [result.ranks for result in leaderboard(official.benchmark)] == [None]  # of the first tasks alone


@pytest.mark.usefixtures("small_suite")
def test_the_command_says_what_is_missing_and_starts_runs(cast: Cast) -> None:
    make_revision(cast.researcher, name="Mine")
    with pytest.raises(CommandError, match="There are: Mine"):
        call_command("benchmark", "run", "--pipeline", "Other", "--as", cast.researcher.email)
    with pytest.raises(CommandError, match="no suite"):
        call_command("benchmark", "run", "--suite", "x", "--pipeline", "Mine", "--as", cast.researcher.email)
    with pytest.raises(CommandError, match="is an assessor"):
        call_command("benchmark", "run", "--pipeline", "Mine", "--as", cast.assessor.email)
    said, warned = io.StringIO(), io.StringIO()
    call_command(
        "benchmark",
        "run",
        "--pipeline",
        "Mine",
        "--as",
        cast.researcher.email,
        "--limit",
        "2",
        "--no-wait",
        stdout=said,
        stderr=warned,
    )
    assert "1 run is started" in said.getvalue()
    assert "No worker is at work" in warned.getvalue()
    with translation.override("ru"):
        call_command("benchmark", "list", stdout=said)
        closed = gettext("not to be passed on")
    assert "hallusionbench" in said.getvalue()
    assert closed in said.getvalue()


@pytest.mark.usefixtures("small_suite")
def test_a_suite_sent_twice_is_loaded_once(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    revision, title = make_revision(cast.researcher), catalogue()["drawn-pairs"].title

    class Meanwhile(Pictures):
        def __init__(self, *places: Path) -> None:
            super().__init__(*places)
            Benchmark.objects.filter(name="Quiz").update(name=title)

    make_benchmark(cast.researcher)
    monkeypatch.setattr("apps.benchmarks.services.loading.Pictures", Meanwhile)
    client.force_login(cast.researcher)
    page = client.post(reverse("benchmarks:suites"), {"name": "embedded", "revision": revision.public_id})
    assert page.status_code == 422
    assert "is being loaded already" in page.text
    assert Bucket.objects.count() == 1


def test_another_protocol_scores_the_same_answers_again(cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    other = create_benchmark(
        actor=cast.researcher, name="Loose", bucket=benchmark.bucket, protocol="ocrbench@1", now=timezone.now()
    )
    again = score_run(actor=cast.researcher, benchmark=other, run=run, now=timezone.now())
    assert again.metrics["points"]["value"] == 2
    assert Run.objects.count() == 1


def test_another_protocol_does_not_rank_runs_of_the_first_tasks_alone(client: Client, cast: Cast) -> None:
    before, after = make_two(cast)
    Benchmark.objects.update(limit=4)
    client.force_login(cast.researcher)
    form = {"name": "Loose", "bucket": before.benchmark.bucket.public_id, "protocol": "ocrbench@1"}
    client.post(reverse("benchmarks:create"), form)
    loose = Benchmark.objects.get(name="Loose")
    for each in (before, after):
        score_run(actor=cast.researcher, benchmark=loose, run=each.run, now=timezone.now())
    assert [result.ranks for result in leaderboard(loose)] == [None, None]
    for page in (
        reverse("benchmarks:detail", args=[loose.public_id]),
        reverse("benchmarks:compare", args=[before.public_id, after.public_id]),
    ):
        assert "Only the first 4 tasks of the benchmark" in client.get(page).text


def test_runs_that_can_not_be_told_apart_share_places() -> None:
    chance = np.random.default_rng(3)
    good = (chance.random(400) < 0.8).astype(float)
    close, bad = good.copy(), (chance.random(400) < 0.3).astype(float)
    close[:2] = 1 - close[:2]
    assert ranks_of(np.stack([good, close, bad]), np.arange(400)) == [(1, 2), (1, 2), (3, 3)]


def test_the_page_shows_places_intervals_power_and_figures(client: Client, cast: Cast) -> None:
    before, _after = make_two(cast)
    client.force_login(cast.researcher)
    page = client.get(reverse("benchmarks:detail", args=[before.benchmark.public_id])).text
    assert "1–2" in page
    assert "Power 80%" in page
    page = client.get(reverse("benchmarks:run", args=[before.public_id])).text
    assert "<code>accuracy</code>" in page


def test_samples_where_two_runs_differ_go_to_people_without_references(client: Client, cast: Cast) -> None:
    before, after = make_two(cast)
    assert [score.answer.task.key for score in samples(before, "differ", after)] == ["t3"]
    Source.objects.create(bucket=before.benchmark.bucket, entry="x", licence="closed", origin="x")
    client.force_login(cast.researcher)
    address = reverse("benchmarks:send", args=[before.public_id])
    client.post(address, {"only": "differ", "beside": str(after.public_id)})
    bucket = Bucket.objects.get(name__startswith="Quiz for")
    assert not bucket.benchmark_source.may_be_passed_on
    assert [(task.key, task.references) for task in bucket.tasks.all()] == [("t3", [])]
    assert "samples where it differs" in client.get(reverse("benchmarks:run", args=[before.public_id])).text
    client.post(address, {"only": "zero"})
    assert Bucket.objects.filter(name__startswith="Quiz for").count() == 2


def test_two_revisions_over_all_benchmarks_are_corrected_for_their_number(client: Client, cast: Cast) -> None:
    before, after = make_two(cast)
    other = make_marked_bucket(cast.researcher, name="Other")
    benchmark = create_benchmark(
        actor=cast.researcher, name="Other", bucket=other, protocol="exact_match@1", now=timezone.now()
    )
    for each, text in ((before, "Yes"), (after, "No")):
        run = make_run(other, each.run.revision, text=text)
        score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    rows = compare_revisions(cast.researcher, before.run.revision, after.run.revision)
    assert [row.before.benchmark.name for row in rows] == ["Other", "Quiz"]
    assert rows[1].p == min(1.0, 2 * (rows[1].comparison.difference.p or 1.0))
    client.force_login(cast.researcher)
    address = reverse("benchmarks:over_all", args=[before.run.revision.public_id, after.run.revision.public_id])
    page = client.get(address).text
    assert "Quiz" in page
    assert "only people can decide" in page
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404


def test_the_catalogue_page_lists_licences_and_starts_a_suite(client: Client, cast: Cast) -> None:
    client.force_login(cast.researcher)
    page = client.get(reverse("benchmarks:suites")).text
    assert "MMBench_DEV_EN.tsv" in page
    assert client.post(reverse("benchmarks:suites"), {"name": "embedded"}).status_code == 422
