"""Judgments made elsewhere become evaluations: kept under the same constraints, with their criteria, or not at all."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from apps.assessment.domain.elsewhere import CannotImport
from apps.assessment.models import Evaluation
from apps.assessment.queries import judgment_table
from apps.assessment.services import import_judgments, look_into
from apps.assessment.tests.elsewhere_files import ARENA, PEARMUT_LINES, battle, lines, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from conftest import Cast


def test_imported_judgments_are_an_evaluation_that_stays_closed(cast: Cast) -> None:
    text = ARENA + battle("u1", "model_b", "z", "x")
    kept = import_judgments(actor=cast.researcher, name="Old", look=look_into("arena", text.encode()))
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


def test_criteria_come_into_reports(cast: Cast) -> None:
    look = look_into("pearmut", lines(*PEARMUT_LINES).encode())
    [evaluation] = import_judgments(actor=cast.researcher, name="Old", look=look)
    assert list(evaluation.criteria.values_list("key", "kind")) == [("errors", "marks")]
    rows = judgment_table(evaluation)
    assert [row.ratings for row in rows] == [{"errors": 0}, {"errors": 1}]
    assert [row.values for row in rows] == [{"errors": (1, 2)}, {"errors": (0, 1)}]
    assert "`error spans: Accuracy`: Left out" in evaluation.guidelines


def test_a_zip_of_another_tool_is_refused_and_so_is_a_foreign_encoding() -> None:
    for content, says in ((zipped({"a": ""}), "is a ZIP"), ("task;ё".encode("utf-16"), "is not text in UTF-8")):
        with pytest.raises(CannotImport, match=says):
            look_into("csv", content)


def test_page_shows_what_becomes_of_a_file_before_it_keeps_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.researcher)

    def sent(text: str, language: str = "en", **more: object) -> tuple[int, str]:
        file = io.BytesIO(text.encode())
        file.name = "old.csv"
        fields = {"name": "Old", "form": "csv", "file": file, "a": "A", "b": "B", **more}
        answer = client.post("/evaluations/import/", fields, headers={"Accept-Language": language})
        return answer.status_code, answer.content.decode()

    assert sent("task,assessor,verdict\nt,u,a\n", keep="1", tie_within="0")[0] == 422  # nobody was asked yet
    file = "task,assessor,verdict,<i>taste_a,<i>taste_b,note\nt,u,a,3,4,x\nt,v,tie,5,5,y\n"
    status, page = sent(file)
    assert (status, "&lt;i&gt;taste" in page, Evaluation.objects.count()) == (200, True, 0)
    chosen = dict(re.findall(r'name="(becomes_\w+)"[^>]*>.*?value="(\w+)" selected', page, re.DOTALL))
    assert list(chosen.values()) == ["verdict", "left_out", "own"]
    spoilt = file.replace("tie", "<b>")
    for language, words in (("en", "“&lt;b&gt;” is no verdict."), ("ru", "«&lt;b&gt;» — не вердикт.")):
        status, page = sent(spoilt, language, keep="1", tie_within="0", **chosen)
        assert (status, words in page, Evaluation.objects.count()) == (422, True, 0)
    assert sent(file, keep="1", tie_within="0", **chosen)[0] == 302
    evaluation = Evaluation.objects.get()
    assert evaluation.criteria.get().name == "<i>taste"
    page = client.get(f"/evaluations/{evaluation.public_id}/").content.decode()
    assert "Imported" in page
    assert "<i>taste" not in page
    assert client.post(f"/evaluations/{evaluation.public_id}/reopen/").status_code == 404


def test_command_says_what_becomes_of_a_file_and_keeps_all_or_nothing(cast: Cast, tmp_path: Path) -> None:
    path, told = tmp_path / "old.csv", io.StringIO()
    said = {"format": "csv", "name": "Old", "owner": cast.researcher.email, "stdout": io.StringIO(), "stderr": told}
    path.write_text("task,assessor,verdict\nt,v,a\nt,u,?\n")
    with pytest.raises(CommandError, match="row 3, verdict"):
        call_command("import_judgments", str(path), **said)
    path.write_text("task,assessor,verdict,bugs_a,bugs_b\nt,u,a,0,3\n")
    call_command("import_judgments", str(path), **said, look=True)
    assert ("bugs (points, 1): own" in told.getvalue(), Evaluation.objects.count()) == (True, 0)
    with pytest.raises(CommandError, match="--tie-within nan"):
        call_command("import_judgments", str(path), **said, tie_within=float("nan"))
    call_command("import_judgments", str(path), **said, becomes=["bugs=errors"], fewer=["bugs"])
    [row] = judgment_table(Evaluation.objects.get())
    assert (row.verdict, row.ratings, row.values) == ("a", {"errors": 1}, {"errors": (0, 3)})
