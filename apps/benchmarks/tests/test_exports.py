import ast
import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.benchmarks.exports import lmms_eval, official, vlmevalkit
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


def scored_with(cast: Cast, protocol: str, truth: str, *, texts: Mapping[str, str] = {}, **detail: Any) -> BenchmarkRun:
    """Of four tasks alike, `texts` are answers by key."""
    bucket = make_marked_bucket(cast.researcher)
    bucket.tasks.update(references=[truth])
    for task in bucket.tasks.all():
        Detail.objects.create(task=task, **detail)
    made = create_benchmark(actor=cast.researcher, name="Quiz", bucket=bucket, protocol=protocol, now=timezone.now())
    run = make_half_right_run(made)
    for key, text in texts.items():
        run.answers.filter(task__key=key).update(text=text)
    return score_run(actor=cast.researcher, benchmark=made, run=run, now=timezone.now())


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
    assert (sample["resps"], sample["accuracy"], sample["target"]) == (["Yes t0"], 1.0, "yes t0")
    assert sample["filtered_resps"] == "yes t0"
    assert (sample["doc_id"], sample["doc"]) == (run.benchmark.bucket.tasks.get(key="t0").position, {"id": "t0"})
    assert client.get(reverse("benchmarks:export", args=[run.public_id, "pickle"])).status_code == 404


@pytest.mark.parametrize("kind", ["official", "vlmevalkit", "lmms-eval"])
def test_questions_of_a_set_that_may_not_be_passed_on_stay_here(client: Client, cast: Cast, kind: str) -> None:
    run = scored(cast)
    Source.objects.create(bucket=run.benchmark.bucket, licence="closed", origin="x", may_be_passed_on=False)
    client.force_login(cast.researcher)
    page = client.get(reverse("benchmarks:run", args=[run.public_id])).content.decode()
    assert "questions, choices and references are left out" in page
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


def test_gqa_s_script_compares_texts_as_they_are(cast: Cast) -> None:
    """Its ids are texts, its answers in small letters."""
    run = scored_as(cast, "201307251", "exact_match@1")
    Source.objects.create(bucket=run.benchmark.bucket, entry="gqa", licence="", origin="x", may_be_passed_on=False)
    assert json.loads(official(run))[0] == {"questionId": "201307251", "prediction": "yes 201307251"}


def test_chartqa_s_results_are_the_arguments_of_pix2struct_s_metrics(cast: Cast) -> None:
    run = scored_as(cast, "7", "chartqa_relaxed_official@1")
    body = json.loads(official(run))
    assert (body["ids"][0], body["predictions"][0], body["targets"][0]) == ("7", "Yes 7", ["yes t0"])
    Source.objects.create(bucket=run.benchmark.bucket, licence="", origin="x", may_be_passed_on=False)
    assert set(json.loads(official(run))) == {"ids", "predictions"}


def test_scienceqa_s_results_are_places_of_choices(cast: Cast) -> None:
    """As evaluate_acc.py reads them; -1 where LLaVA's reading fails."""
    run = scored_with(cast, "scienceqa_llava@1", "B", texts={"t0": "B. y"}, choices={"A": "x", "B": "y"})
    body = json.loads(official(run))
    assert (body["acc"], body["correct"], body["count"]) == (25, 1, 4)
    assert body["results"] == {"t0": 1, "t1": -1, "t2": -1, "t3": -1}
    assert body["outputs"]["t0"] == "B. y"


def test_hallusionbench_s_results_are_its_rows_with_the_answer(cast: Cast) -> None:
    """What evaluation.py and its judge read of each: HallusionBench_result.json."""
    facts = {"category": "VD", "subcategory": "chart", "set_id": "0", "figure_id": "1", "question_id": "2"}
    told = {"visual_input": "1", "filename": "./hallusion_bench/VD/chart/0_1.png", "sample_note": "bars"}
    asked = {"question": "Is it?", "gt_answer_details": "It is."}
    run = scored_with(cast, "hallusionbench_official@1", "yes", category="VD", facts={**facts, **told, **asked})
    row = json.loads(official(run))[0]
    assert row == {**facts, **told, **asked, "gt_answer": "1", "model_prediction": "Yes t0"}


def test_vlmevalkit_s_own_columns_go_back(cast: Cast) -> None:
    """Its reports group by them."""
    benchmark = make_benchmark(cast.researcher)
    Detail.objects.create(task=benchmark.bucket.tasks.get(key="t0"), facts={"l2-category": "logic", "split": "dev"})
    [row, *_rest] = csv.DictReader(vlmevalkit(scored_by(benchmark)).splitlines(), delimiter="\t")
    assert (row["l2-category"], row["split"]) == ("logic", "dev")


def test_pope_reads_lines_and_ocrbench_lists(cast: Cast) -> None:
    run = scored_as(cast, "random-1", "pope_official@1")
    first = json.loads(official(run).splitlines()[0])
    said = "Yes random-1"
    assert first == {"question_id": 1, "category": "random", "answer": said, "text": said}
    run.benchmark.protocol = "ocrbench@1"
    [row, *_rest] = csv.DictReader(vlmevalkit(run).splitlines(), delimiter="\t")
    assert ast.literal_eval(row["answer"]) == ["yes t0"]


def test_mme_s_results_are_a_table_for_each_subtask(client: Client, cast: Cast) -> None:
    """As calculation.py reads them: four columns a line, the two questions of a picture one after the other."""
    run = scored_with(cast, "mme_official@1", "yes", texts={"t0": "Yes,\tit\nis"}, category="../OCR", group="-")
    for key, group in (("t0", "a"), ("t1", "b"), ("t2", "b"), ("t3", "a")):
        Detail.objects.filter(task__key=key, task__bucket=run.benchmark.bucket).update(group=group)
    client.force_login(cast.researcher)
    reply = client.get(reverse("benchmarks:export", args=[run.public_id, "official"]))
    assert (reply["Content-Type"], reply["Content-Disposition"][-5:]) == ("application/zip", '.zip"')
    with zipfile.ZipFile(io.BytesIO(reply.content)) as files:
        assert files.namelist() == ["___OCR.txt"]
        lines = files.read("___OCR.txt").decode().splitlines()
    asked = run.benchmark.bucket.tasks.get(key="t0").instruction
    assert lines[0].split("\t") == ["a", asked, "yes", "Yes, it is"]
    assert [line.split("\t")[0] for line in lines] == ["a", "a", "b", "b"]


def test_ocrbench_s_results_are_its_rows_with_predict(cast: Cast) -> None:
    kind = "Handwritten Mathematical Expression Recognition"
    run = scored_with(cast, "ocrbench@1", "yes", category=kind)
    row = json.loads(official(run))[0]
    asked = run.benchmark.bucket.tasks.get(key="t0").instruction
    of = {"id": "t0", "type": kind, "dataset_name": "HME100k"}
    assert row == of | {"question": asked, "answers": ["yes"], "predict": "Yes t0"}


MATHVISTA = {"question_type": "multi_choice", "answer_type": "text", "task": "VQA", "skills": "['a', 'b']"}


def test_mathvista_s_results_are_its_problems_by_pid(cast: Cast) -> None:
    """Those that calculate_score.py reads; it merges `metadata` in, and rounds to `precision`, a whole number."""
    choices = {"A": "no", "B": "yes"}
    run = scored_with(
        cast, "mathvista@1", "B", texts={"t0": 'The answer is "(B)".'}, choices=choices, category="math",
        facts=MATHVISTA | {"precision": "2.0"},
    )  # fmt: skip
    problem = json.loads(official(run))["t0"]
    assert (problem["response"], problem["extraction"], problem["prediction"]) == ('The answer is "(B)".', "(B)", "yes")
    assert (problem["choices"], problem["answer"], problem["precision"]) == (["no", "yes"], "yes", 2)
    assert problem["metadata"] == {
        "category": "math", "task": "VQA", "language": "", "source": "", "context": "", "grade": "",
        "skills": ["a", "b"],
    }  # fmt: skip


def test_mmmu_pro_reads_lines(cast: Cast) -> None:
    run = scored_with(cast, "mmmu_pro_official@1", "B", choices={"A": "no", "B": "yes"})
    first = json.loads(official(run).splitlines()[0])
    assert first == {"id": "t0", "options": ["no", "yes"], "answer": "B", "response": "Yes t0"}


@pytest.mark.parametrize("protocol", ["mme_official@1", "ocrbench@1", "mathvista@1", "mmmu_pro_official@1"])
def test_nothing_asked_leaves_in_official_results_of_a_closed_set(cast: Cast, protocol: str) -> None:
    """Nor does the choice that an answer was nearest to."""
    run = scored_with(cast, "mathvista@1", "B", choices={"A": "secret", "B": "Yes, hidden"}, category="OCR")
    Source.objects.create(bucket=run.benchmark.bucket, licence="closed", origin="x", may_be_passed_on=False)
    run.benchmark.protocol = protocol
    body = official(run)
    if isinstance(body, bytes):
        with zipfile.ZipFile(io.BytesIO(body)) as files:
            body = files.read("OCR.txt").decode()
    assert "Yes t0" in body
    instruction = run.benchmark.bucket.tasks.get(key="t0").instruction
    assert not any(words in body + lmms_eval(run) for words in (instruction, "secret", "hidden"))


def test_lists_in_vlmevalkit_s_table_are_read_by_python_as_they_were(cast: Cast) -> None:
    """Its OCRBench evaluates them: an escaped pair of surrogates would be two characters that equal none."""
    run = scored_with(cast, "ocrbench@1", "x² = \U0001d465")
    [row, *_rest] = csv.DictReader(vlmevalkit(run).splitlines(), delimiter="\t")
    assert ast.literal_eval(row["answer"]) == ["x² = \U0001d465"]


@pytest.mark.parametrize("said", ['=1\t"a"\r\n', "a\rb"])
def test_an_answer_with_line_breaks_is_one_cell_of_vlmevalkit_s_table(cast: Cast, said: str) -> None:
    text = vlmevalkit(scored_with(cast, "exact_match@1", "yes", texts={"t0": said}))
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
    assert [row["prediction"] for row in rows] == [said, "Yes t1", "", "..."]
