import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benchmarks.models import BenchmarkRun, Detail, Source
from apps.benchmarks.services import score_run
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run
from conftest import Cast


def scored(cast: Cast) -> BenchmarkRun:
    benchmark = make_benchmark(cast.researcher)
    Detail.objects.create(task=benchmark.bucket.tasks.get(key="t0"), choices={"A": "secret choice", "B": "y"})
    run = make_half_right_run(benchmark)
    return score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())


def exported(client: Client, run: BenchmarkRun, kind: str) -> str:
    return client.get(reverse("benchmarks:export", args=[run.public_id, kind])).content.decode()


def test_a_run_goes_to_other_tools(client: Client, cast: Cast) -> None:
    run = scored(cast)
    client.force_login(cast.researcher)
    assert json.loads(exported(client, run, "official"))[0] == {"id": "t0", "prediction": "Yes t0"}
    head, first, *_rest = exported(client, run, "vlmevalkit").splitlines()
    assert head.split("\t") == ["index", "question", "A", "B", "answer", "category", "prediction", "hit"]
    assert first.split("\t")[2:5] == ["secret choice", "y", "yes t0"]
    sample = json.loads(exported(client, run, "lmms-eval").splitlines()[0])
    assert (sample["resps"], sample["accuracy"], sample["target"]) == ([["Yes t0"]], 1.0, ["yes t0"])
    assert client.get(reverse("benchmarks:export", args=[run.public_id, "pickle"])).status_code == 404


@pytest.mark.parametrize("kind", ["official", "vlmevalkit", "lmms-eval"])
def test_questions_of_a_set_that_may_not_be_passed_on_stay_here(client: Client, cast: Cast, kind: str) -> None:
    run = scored(cast)
    Source.objects.create(bucket=run.benchmark.bucket, licence="closed", origin="x", may_be_passed_on=False)
    client.force_login(cast.researcher)
    text = exported(client, run, kind)
    assert "Yes t0" in text
    instruction = run.benchmark.bucket.tasks.get(key="t0").instruction
    assert not any(words in text for words in ("secret choice", "target", instruction))
