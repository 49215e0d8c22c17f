import ast
import csv
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benchmarks.exports import official, vlmevalkit
from apps.benchmarks.models import Benchmark, BenchmarkRun, Detail, Source
from apps.benchmarks.services import create_benchmark, score_run
from apps.benchmarks.tests.makers import make_benchmark, make_half_right_run, make_marked_bucket
from conftest import Cast


def scored(cast: Cast) -> BenchmarkRun:
    benchmark = make_benchmark(cast.researcher)
    Detail.objects.create(task=benchmark.bucket.tasks.get(key="t0"), choices={"A": "secret choice", "B": "y"})
    return scored_by(benchmark)


def scored_by(benchmark: Benchmark) -> BenchmarkRun:
    run = make_half_right_run(benchmark)
    return score_run(actor=benchmark.created_by, benchmark=benchmark, run=run, now=timezone.now())


def scored_as(cast: Cast, key: str, protocol: str) -> BenchmarkRun:
    """With `key` for the first task, told to be of `protocol`."""
    bucket = make_marked_bucket(cast.researcher)
    bucket.tasks.filter(key="t0").update(key=key, cluster="random")
    made = create_benchmark(
        actor=cast.researcher, name="Quiz", bucket=bucket, protocol="exact_match@1", now=timezone.now()
    )
    run = scored_by(made)
    run.benchmark.protocol = protocol
    return run


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
    assert (sample["doc_id"], sample["doc"]) == (run.benchmark.bucket.tasks.get(key="t0").position, {"id": "t0"})
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


@pytest.mark.parametrize(
    ("protocol", "wanted"),
    [
        ("vqa_v2_official@1", {"question_id": 262148000, "answer": "Yes 262148000"}),
        ("anls_strict@1", {"questionId": 262148000, "answer": "Yes 262148000"}),
        ("coco_caption@1", {"image_id": 262148000, "caption": "Yes 262148000"}),
    ],
)
def test_official_results_have_the_ids_that_official_scripts_compare(
    cast: Cast, protocol: str, wanted: dict[str, object]
) -> None:
    """VQA's and COCO's stop where an id is a text and the question's a number."""
    run = scored_as(cast, "262148000", protocol)
    assert json.loads(official(run))[0] == wanted


@pytest.mark.parametrize(
    ("protocol", "wanted"),
    [("mmmu_official@1", "Yes val_Art_1"), ("aokvqa_direct@1", {"direct_answer": "Yes val_Art_1"})],
)
def test_official_results_by_id(cast: Cast, protocol: str, wanted: object) -> None:
    run = scored_as(cast, "val_Art_1", protocol)
    assert json.loads(official(run))["val_Art_1"] == wanted


def test_pope_reads_lines_and_ocrbench_lists(cast: Cast) -> None:
    run = scored_as(cast, "random-1", "pope_official@1")
    first = json.loads(official(run).splitlines()[0])
    said = "Yes random-1"
    assert first == {"question_id": 1, "category": "random", "answer": said, "text": said}
    run.benchmark.protocol = "ocrbench@1"
    [row, *_rest] = csv.DictReader(vlmevalkit(run).splitlines(), delimiter="\t")
    assert ast.literal_eval(row["answer"]) == ["yes t0"]
