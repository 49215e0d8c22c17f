import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.benchmarks.services import create_benchmark, score_run
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run, make_marked_bucket
from apps.buckets.tests.makers import make_bucket
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from conftest import Cast


def test_members_see_a_benchmark_and_others_do_not_know_of_it(client: Client, cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    scored = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    pages = [
        reverse("benchmarks:detail", args=[benchmark.public_id]),
        reverse("benchmarks:run", args=[scored.public_id]),
    ]
    for user, status in [(cast.researcher, 200), (cast.admin, 200), (cast.outsider, 404), (cast.assessor, 403)]:
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [status, status]
    client.force_login(cast.outsider)
    assert "Quiz" not in client.get(reverse("benchmarks:list")).text
    assert (
        client.post(reverse("benchmarks:score", args=[benchmark.public_id]), {"run": run.public_id}).status_code == 404
    )


def test_a_researcher_makes_a_benchmark_and_scores_a_run(client: Client, cast: Cast) -> None:
    bucket = make_marked_bucket(cast.researcher)
    client.force_login(cast.researcher)
    form = {"name": "Quiz", "bucket": bucket.public_id, "protocol": "exact_match@1"}
    created = client.post(reverse("benchmarks:create"), form)
    benchmark = Benchmark.objects.get()
    assert created.url == reverse("benchmarks:detail", args=[benchmark.public_id])  # type: ignore[attr-defined]
    run = make_half_right_run(benchmark)
    page = client.post(
        reverse("benchmarks:score", args=[benchmark.public_id]), {"run": run.public_id}, follow=True
    ).text
    assert "50.00" in page
    assert "Read the results by language" in page
    assert "Quiz" in client.get(reverse("benchmarks:list")).text


def test_unfit_references_are_listed_beside_the_form(client: Client, cast: Cast) -> None:
    bucket = make_marked_bucket(cast.researcher)
    client.force_login(cast.researcher)
    form = {"name": "Quiz", "bucket": bucket.public_id, "protocol": "vqa_v2_official@1"}
    page = client.post(reverse("benchmarks:create"), form).text
    assert "4 tasks have reference answers" in page
    assert "It has 1 reference answer;" in page
    assert not Benchmark.objects.exists()


def test_a_bucket_one_may_not_know_of_can_not_be_chosen(client: Client, cast: Cast) -> None:
    bucket = make_marked_bucket(cast.researcher)
    client.force_login(cast.outsider)
    form = {"name": "Quiz", "bucket": bucket.public_id, "protocol": "exact_match@1"}
    assert client.post(reverse("benchmarks:create"), form).status_code == 422
    assert not Benchmark.objects.exists()


def test_a_run_of_another_bucket_is_refused_by_the_page(client: Client, cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    other = make_run(make_bucket(cast.researcher, name="Other"), make_revision(cast.researcher))
    client.force_login(cast.researcher)
    url = reverse("benchmarks:score", args=[benchmark.public_id])
    assert client.post(url, {"run": other.public_id}).status_code == 422
    assert not benchmark.benchmark_runs.exists()


def test_a_result_carries_its_languages(client: Client, cast: Cast) -> None:
    bucket = make_marked_bucket(cast.researcher)
    bucket.tasks.update(language="en")
    client.force_login(cast.researcher)
    form = {"name": "English", "bucket": bucket.public_id, "protocol": "exact_match@1"}
    page = client.post(reverse("benchmarks:create"), form, follow=True).text
    assert "English (en)</strong>. These results say nothing about any other language" in page


@pytest.mark.parametrize(("only", "shown"), [("", "t0"), ("failed", "t2"), ("unparsed", "t3"), ("rubbish", "t0")])
def test_samples_can_be_narrowed(client: Client, cast: Cast, only: str, shown: str) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    scored = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    client.force_login(cast.researcher)
    response = client.get(reverse("benchmarks:run", args=[scored.public_id]), {"only": only})
    assert response.context["page"].object_list[0].answer.task.key == shown


def test_what_a_model_said_is_escaped_and_leads_to_its_steps(client: Client, cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    run.answers.filter(task__key="t0").update(text="<script>alert(1)</script>")
    scored = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    client.force_login(cast.researcher)
    page = client.get(reverse("benchmarks:run", args=[scored.public_id])).text
    assert reverse("generation:answer", args=[run.answers.get(task__key="t0").public_id]) in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_sample_shows_the_exact_prompt_and_leads_on_within_its_filter(client: Client, cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher, images=1)
    run = make_half_right_run(benchmark)
    run.answers.update(trace=[{"step": "answer", "prompt": "<s>USER: What?\nASSISTANT:"}])
    scored = score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    client.force_login(cast.researcher)
    failed = run.answers.get(task__key="t2")
    address = reverse("benchmarks:sample", args=[scored.public_id, failed.public_id])
    assert address in client.get(reverse("benchmarks:run", args=[scored.public_id])).text
    response = client.get(address, {"only": "zero"})
    assert "&lt;s&gt;USER: What?\nASSISTANT:</pre>" in response.text
    assert "yes t2" in response.text
    assert response.context["sample"].before is None
    assert response.context["sample"].after.answer.task.key == "t3"
    elsewhere = make_run(make_bucket(cast.researcher, name="Other"), make_revision(cast.researcher, name="Other"))
    away = elsewhere.answers.all()[0].public_id
    assert client.get(reverse("benchmarks:sample", args=[scored.public_id, away])).status_code == 404


def test_runs_are_watched_until_they_are_scored(client: Client, cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    BenchmarkRun.objects.create(benchmark=benchmark, run=run, created_by=cast.researcher)
    page = reverse("benchmarks:watch")
    client.force_login(cast.researcher)
    assert "hx-get" in client.get(page).text
    [listed] = client.get(reverse("benchmarks:list")).context["page"]
    assert listed.run_count == 0  # it waits
    score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
    part = client.get(page, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "hx-get" not in part
    assert "50.00" in part
    client.force_login(cast.outsider)
    assert "Nothing waits" in client.get(page).text


def test_a_run_shows_what_other_protocols_say_of_the_same_answers(client: Client, cast: Cast) -> None:
    benchmark = make_benchmark(cast.researcher)
    run = make_half_right_run(benchmark)
    now = timezone.now()
    lenient = create_benchmark(
        actor=cast.researcher, name="Lenient", bucket=benchmark.bucket, protocol="inclusion@1", now=now
    )
    first, second = (
        score_run(actor=cast.researcher, benchmark=each, run=run, now=now) for each in (benchmark, lenient)
    )
    client.force_login(cast.researcher)
    assert (
        reverse("benchmarks:run", args=[second.public_id])
        in client.get(reverse("benchmarks:run", args=[first.public_id])).text
    )
