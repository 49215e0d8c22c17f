"""Judgments made elsewhere: read from every form, checked, kept under the same constraints."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.assessment.domain.elsewhere import CannotImport, checked
from apps.assessment.elsewhere import readers
from apps.assessment.models import Evaluation
from apps.assessment.queries import judgment_table
from apps.assessment.services import import_judgments

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from conftest import Cast


def turns(asked: str, said: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]


def battle(judge: str, winner: str, a: str = "x", b: str = "y", **more: object) -> str:
    talk = {"conversation_a": turns("Q", f"by {a}"), "conversation_b": turns("Q", f"by {b}")}
    return json.dumps({"model_a": a, "model_b": b, "winner": winner, "judge": judge, **talk, **more}) + "\n"


ARENA = battle("u1", "model_a") + battle("u2", "model_a", "y", "x") + battle("u3", "tie (bothbad)")
PAIRWISE = [
    {
        "id": 7,
        "data": {"prompt": "Q", "answer1": "l", "answer2": "r"},
        "annotations": [
            {"completed_by": 1, "lead_time": 4.5, "result": [{"type": "pairwise", "value": {"selected": "right"}}]},
            {"completed_by": {"email": "e@x.org"}, "result": []},
            {"completed_by": 2, "was_cancelled": True, "result": []},
        ],
    }
]
ITEM = {"src": "Q", "tgt": {"m1": "a", "m2": "b"}, "item_id": "i"}
SCORED = {
    "user_id": "u",
    "item_i": 0,
    "payload": {"item": [ITEM], "annotation": [{"m1": {"score": 3}, "m2": {"score": 9}}]},
}
POTATO = [
    {"user_id": "u", "instance_id": "1", "label_annotations": {"preference": {"A": "true"}}},
    {"user_id": "u", "instance_id": "2", "label_annotations": {"pref": {"overall": "tie"}}},
]


def test_a_text_may_hold_other_ends_of_lines_than_its_file() -> None:
    line = json.dumps(json.loads(battle("u", "tie", conversation_a=turns("Q", "a\u2028b\x85c"))), ensure_ascii=False)
    [told] = checked(readers()["arena"].read(f"{line}\r\n", ("A", "B")))
    assert "\u2028" in told.answer_a


@pytest.mark.parametrize(
    ("form", "text", "verdicts"),
    [
        ("arena", ARENA, ["a", "b", "both_bad"]),
        ("label_studio", json.dumps(PAIRWISE), ["b", "tie"]),
        ("pearmut", json.dumps([SCORED]), ["b"]),
        ("pearmut", json.dumps(SCORED), ["b"]),
        ("potato", "\n".join(map(json.dumps, POTATO)), ["a", "tie"]),
        ("potato", "user,instance_id,pref:::overall\nu,1,B\n", ["b"]),
        ("csv", "task,assessor,verdict,seconds\nt,u,a_much,3\nt,v,Tie,\n", ["a_much", "tie"]),
    ],
)
def test_every_form_is_read(form: str, text: str, verdicts: list[str]) -> None:
    assert [item.verdict for item in checked(readers()[form].read(text, ("A", "B")))] == verdicts


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        ("csv", "task,assessor,verdict\nt,u,maybe\n", "row 2, verdict: “maybe” is no verdict"),
        ("csv", "task,assessor,verdict\nt,,a\n", "row 2, assessor: is missing"),
        ("csv", "task,assessor,verdict\nt,u,a\nt,u,b\n", "row 3, assessor: judged this pair in row 2 already"),
        ("csv", "task,assessor,verdict,answer_a\nt,u,a,1\nt,v,b,2\n", "row 3, answer_a: differs from row 2"),
        ("csv", "task,assessor,verdict,seconds\nt,u,a,nan\n", "row 2, seconds: is no number"),
        (
            "csv",
            "task,assessor,verdict\n" + "".join(f"t,u{i},a\n" for i in range(21)),
            "row 22, task: has more than 20",
        ),
        ("csv", "", "file: has no judgments"),
        ("arena", battle("u", "model_a", "x", "x"), "row 1, model_b: is the same pipeline"),
        ("arena", battle("u", "model_a", conversation_a=3), "row 1, conversation_a: is no list of turns"),
        ("arena", '{"a": ' * 50_000, "row 1, line: is not JSON"),
        ("arena", "[1]", "row 1, line: is no JSON object"),
        ("arena", battle("u\x00", "tie"), "row 1, assessor: holds a character"),
        ("label_studio", '{"a": 1}', "file: is no list of tasks"),
        ("potato", '{"user_id": "u", "instance_id": "1"}', "row 1, label_annotations: names no A, B or tie"),
        ("pearmut", '[{"item": [1], "annotation": [{}]}]', "row 1, annotation: names models"),
        ("pearmut", "[3]", "row 1, item: is missing"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_field(form: str, text: str, says: str) -> None:
    with pytest.raises(CannotImport) as refused:
        checked(readers()[form].read(text, ("A", "B")))
    assert says in str(refused.value)


def test_imported_judgments_are_an_evaluation_that_stays_closed(cast: Cast) -> None:
    text = ARENA + battle("u1", "model_b", "z", "x")
    kept = import_judgments(actor=cast.researcher, name="Old", form="arena", content=text.encode())
    assert [str(item.run_a.revision.pipeline) for item in kept] == ["x (imported)", "x (imported)"]
    first = kept[0]
    assert [(row.verdict, row.a_on_left) for row in judgment_table(first)] == [
        ("a", True),
        ("b", False),
        ("both_bad", True),
    ]
    assert {item.text for item in first.run_a.answers.all()} == {"by x"}
    assert first.bucket.is_frozen
    assert not first.assessors.filter(is_active=True).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.filter(pk=first.pk).update(state="open")


def test_page_and_command_import_all_or_nothing(cast: Cast, client: Client, tmp_path: Path) -> None:
    client.force_login(cast.researcher)

    def sent(text: str, language: str = "en") -> tuple[int, str]:
        file = io.BytesIO(text.encode())
        file.name = "old.jsonl"
        fields = {"name": "Old", "form": "arena", "file": file, "a": "A", "b": "B"}
        answer = client.post("/evaluations/import/", fields, headers={"Accept-Language": language})
        return answer.status_code, answer.content.decode()

    spoilt = ARENA + battle("u4", "<b>")
    for language, words in (("en", "“&lt;b&gt;” is no verdict."), ("ru", "«&lt;b&gt;» — не вердикт.")):
        status, page = sent(spoilt, language)
        assert (status, words in page, Evaluation.objects.count()) == (422, True, 0)
    assert sent(ARENA)[0] == 302
    evaluation = Evaluation.objects.get()
    assert "Imported" in client.get(f"/evaluations/{evaluation.public_id}/").content.decode()
    assert client.post(f"/evaluations/{evaluation.public_id}/reopen/").status_code == 404
    path = tmp_path / "old.csv"
    path.write_text("task,assessor,verdict\nt,u,?\n")
    said = {"format": "csv", "name": "Old", "owner": cast.researcher.email}
    with pytest.raises(CommandError, match="row 2, verdict"):
        call_command("import_judgments", str(path), **said)
    path.write_text("task,assessor,verdict\nt,u,a\n")
    call_command("import_judgments", str(path), **said, verbosity=0, stdout=io.StringIO())
    assert Evaluation.objects.count() == 2
