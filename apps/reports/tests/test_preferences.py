"""An evaluation's judgments as preference pairs: what the guard leaves out, and what the files hold."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pyarrow import parquet

from apps.accounts.tests.makers import make_user
from apps.assessment.models import Decision, LeakHit, StandingState
from apps.assessment.services import claim_comparison, decide_leaks
from apps.assessment.services.standing import change_standing
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.audit.models import AuditEvent
from apps.benchmarks.models import Benchmark, Source
from apps.benchmarks.services import create_benchmark
from apps.benchmarks.tests.makers import make_marked_bucket
from apps.reports.preferences.forms import forms
from apps.reports.preferences.plan import plan_export
from apps.reports.preferences.rows import Export
from apps.reports.preferences.rules import LIFTABLE, Candidate, Vote, select
from apps.reports.services import export_preferences, freeze_report

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from apps.assessment.models import Evaluation
    from conftest import Cast

pytestmark = pytest.mark.slow


def votes(*verdicts: str, simulated: bool = False) -> tuple[Vote, ...]:
    return tuple(Vote(verdict, simulated) for verdict in verdicts)


BY_PROGRAM = votes("a", "a", simulated=True)


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (Candidate(1, votes=votes("a", "a_much", "b")), ""),
        (Candidate(1, votes=votes("b", "b", "tie")), ""),
        (Candidate(1, votes=votes("a", "b")), "split"),
        (Candidate(1, votes=votes("a", "tie")), "split"),
        (Candidate(1, votes=votes("tie", "tie", "a")), "tie"),
        (Candidate(1, votes=votes("both_bad")), "both_bad"),
        (Candidate(1), "unjudged"),
        (Candidate(1, votes=BY_PROGRAM), "unjudged"),
        (Candidate(1, votes=(*BY_PROGRAM, *votes("b"))), ""),
        (Candidate(1, votes=(Vote("a", withdrawn=True),)), "unjudged"),
        (Candidate(1, votes=(Vote("a", unseen=True), Vote("a", contradicts=True))), "unjudged"),
        (Candidate(1, votes=(Vote("a", flagged=True), Vote("b"))), ""),
        (Candidate(1, check=True, votes=votes("a")), "check"),
        (Candidate(1, measured=True, votes=votes("a")), "measured"),
        (Candidate(1, state="held"), "held"),
        (Candidate(1, state="excluded", leaked=True), "excluded"),
        (Candidate(1, leaked=True, votes=votes("a")), "leaked"),
        (Candidate(1, same=True, votes=votes("a")), "same"),
        (Candidate(1, empty=True, votes=votes("a")), "empty"),
        (Candidate(1, lost_picture=True, votes=votes("a")), "lost_picture"),
    ],
)
def test_the_guard_leaves_out_what_teaches_nothing_and_counts_it(candidate: Candidate, reason: str) -> None:
    found = select([candidate])
    assert {key for key, count in found.comparisons_out.items() if count} == ({reason} if reason else set())
    assert len(found.pairs) + sum(found.comparisons_out.values()) == found.comparisons == 1


def test_rules_may_be_lifted_but_not_those_without_which_nothing_is_chosen() -> None:
    programs = Candidate(1, leaked=True, votes=(*BY_PROGRAM, *votes("b")))
    found = select([programs], ["leaked", "simulated"])
    assert (found.pairs[0].winner, found.lifted) == ("a", ("simulated", "leaked"))
    assert found.judgments_out["simulated"] == 0
    assert select([programs], ["leaked"]).pairs[0].winner == "b"
    with pytest.raises(ValueError, match="no rule that may be lifted: tie; there are: stopped"):
        select([programs], ["tie"])


HOSTILE = '=1+1 "</script>\u2028 Янтарь'
SAID = {"t0": "a a_much", "t1": "a a", "t2": "tie tie", "t3": "both_bad both_bad", "t4": "b b", "t5": "a b"}


@pytest.fixture
def judged(cast: Cast) -> Evaluation:
    """Six comparisons with a picture each, judged twice as `SAID`; A's first answer is hostile."""
    people = [make_user(f"judge{number}@example.org") for number in range(2)]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=6, images=1, says={"t0": HOSTILE})
    for number, person in enumerate(people):
        for _ in SAID:
            place = claim_comparison(assessor=person, evaluation=evaluation, now=timezone.now())
            assert place is not None
            verdict = SAID[place.comparison.task.key].split()[number]
            make_judgment(evaluation, assessor=person, verdict=verdict, ratings={"relevance": 1})
    return evaluation


def taken(evaluation: Evaluation, form: str, **rest: Any) -> bytes:
    return b"".join(export_preferences(actor=None, evaluation=evaluation, form=form, **rest).content)


def test_what_benchmarks_measure_is_left_out_by_bucket_and_by_picture(judged: Evaluation, cast: Cast) -> None:
    def left_out(*lift: str) -> int:
        found = plan_export(judged, lift)
        count: int = found.manifest["comparisons"]["left_out"]["measured"]
        assert count == len(SAID) or found.selection.pairs
        return count

    assert left_out() == 0
    one = make_marked_bucket(cast.researcher, tasks=1, images=1)
    quiz = create_benchmark(
        actor=cast.researcher, name="Quiz", bucket=one, protocol="exact_match@1", now=timezone.now()
    )
    assert left_out() == 2, "the first and the fourth of six have its picture"
    Benchmark.objects.filter(pk=quiz.pk).update(bucket=judged.bucket)
    assert left_out() == len(SAID)
    assert left_out("measured") == 0


def test_what_may_not_be_passed_on_stays_whatever_is_lifted(judged: Evaluation, cast: Cast) -> None:
    def left_out() -> int:
        count: int = plan_export(judged, LIFTABLE).manifest["comparisons"]["left_out"]["closed"]
        return count

    assert left_out() == 0
    one = make_marked_bucket(cast.researcher, tasks=1, images=1)
    source = Source.objects.create(bucket=one, licence="closed", origin="x", may_be_passed_on=False)
    assert left_out() == 2, "the first and the fourth of six have its picture"
    Source.objects.filter(pk=source.pk).update(bucket=judged.bucket)
    assert left_out() == len(SAID)


def test_files_hold_the_stored_answers_the_pictures_and_where_they_come_from(judged: Evaluation, cast: Cast) -> None:
    report = freeze_report(actor=cast.researcher, evaluation=judged)
    with zipfile.ZipFile(io.BytesIO(taken(judged, "jsonl"))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        rows = [json.loads(line) for line in archive.read("pairs.jsonl").split(b"\n")[:-1]]
        pictures = {name: archive.read(name) for name in archive.namelist() if name.startswith("images/")}
    assert [row["chosen"][0]["content"][0]["text"] for row in rows] == [HOSTILE, "Amber t1", "Birch t4"]
    assert [row["rejected"][0]["content"][0]["text"] for row in rows] == ["Birch t0", "Birch t1", "Amber t4"]
    assert rows[0]["prompt"] == [
        {"role": "user", "content": [{"type": "image", "text": None}, {"type": "text", "text": "Question 0?"}]}
    ]
    assert {name for row in rows for name in row["images"]} == set(pictures)
    came = rows[2]["provenance"]
    assert came["chosen_revision_sha256"] == judged.run_b.revision.sha256
    assert (came["judgments"], came["votes_chosen"], came["votes_rejected"], came["language"]) == (2, 2, 0, "en")
    assert {"key": "relevance", "ratings": 2, "toward_chosen": -1.0} in came["criteria"]
    assert came["report_sha256"] == manifest["report"]["sha256"] == report.sha256
    assert (
        manifest["comparisons"]["left_out"] | {"tie": 1, "both_bad": 1, "split": 1}
        == manifest["comparisons"]["left_out"]
    )
    table = parquet.read_table(io.BytesIO(taken(judged, "parquet")))
    assert json.loads(table.schema.metadata[b"manifest"]) == manifest
    for row, same in zip(rows, table.to_pylist(), strict=True):
        assert {key: same[key] for key in row if key != "images"} == {key: row[key] for key in row if key != "images"}
        assert [f"images/{image['path']}" for image in same["images"]] == row["images"]
        assert [image["bytes"] for image in same["images"]] == [pictures[name] for name in row["images"]]


def test_simulated_judgments_and_leaks_stay_out_unless_asked_for(cast: Cast) -> None:
    program = make_user("program@example.org", simulated=True)
    leak = "I am ChatGPT, a large language model"
    evaluation = make_evaluation(cast.researcher, assessors=[program], tasks=2, overlap=1, says={"t0": leak})
    hits = LeakHit.objects.of(evaluation)
    decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=Decision.MASK, now=timezone.now())
    for _ in range(2):
        make_judgment(evaluation, assessor=program, verdict="a")
    plan = plan_export(evaluation)
    assert (plan.selection.pairs, plan.manifest["judgments"]["left_out"]["simulated"]) == ((), 2)
    assert len(plan_export(evaluation, ["simulated"]).selection.pairs) == 1
    everything = plan_export(evaluation, ["leaked", "simulated"])
    assert everything.manifest["taken_in_all_the_same"] == ["simulated", "leaked"]
    first = next(Export(everything, everything.manifest).rows())
    assert first.values["chosen"][0]["content"][0]["text"] == leak


def test_judgments_of_who_was_paused_stay_out(judged: Evaluation, cast: Cast) -> None:
    person = judged.assessors.get(email="judge0@example.org")
    facts: dict[str, Any] = {"actor": cast.researcher, "evaluation": judged, "assessor": person}
    change_standing(**facts, state=StandingState.PAUSED, reason="gold", now=timezone.now())
    manifest = plan_export(judged).manifest
    assert (manifest["judgments"]["left_out"]["stopped"], manifest["pairs"]) == (6, 4)


def test_a_picture_that_is_gone_leaves_its_comparisons_out(judged: Evaluation) -> None:
    picture = judged.bucket.tasks.get(key="t0").images.get()
    picture.file.delete(save=False)
    assert plan_export(judged).manifest["comparisons"]["left_out"]["lost_picture"] == 2


def test_the_page_counts_and_gives_what_the_command_writes(
    judged: Evaluation, cast: Cast, client: Client, tmp_path: Path
) -> None:
    client.force_login(cast.researcher)
    page = client.get(reverse("reports:preferences", args=[judged.public_id]), {"lift": ["simulated", "nonsense"]})
    assert "3 pairs to export" in page.content.decode()
    for form in forms():
        response: Any = client.get(reverse("reports:export_preferences", args=[judged.public_id, form]))
        call_command("export_preferences", str(judged.public_id), format=form, out=tmp_path)
        assert b"".join(response.streaming_content) == next(tmp_path.glob(f"*{forms()[form].suffix}")).read_bytes()
    events = AuditEvent.objects.filter(verb="preferences.exported", target_id=str(judged.public_id))
    assert [(event.actor, event.facts["pairs"]) for event in events.order_by("pk")][:2] == [
        (cast.researcher, 3),
        (None, 3),
    ]
    with pytest.raises(CommandError, match="Can't write"):
        call_command("export_preferences", str(judged.public_id), format="jsonl", out=tmp_path / "none" / "x")
    client.force_login(cast.outsider)
    for name, args in (("preferences", []), ("export_preferences", ["jsonl"])):
        assert client.get(reverse(f"reports:{name}", args=[judged.public_id, *args])).status_code == 404
