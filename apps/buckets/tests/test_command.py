"""`manage.py import_bucket`"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from apps.buckets.models import Bucket
from apps.buckets.tests.makers import picture_bytes, task_line, write_jsonl

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cast


def run(table: Path, *options: str, email: str = "researcher@example.org") -> str:
    out, problems = io.StringIO(), io.StringIO()
    try:
        call_command(
            "import_bucket", str(table), "--name", "Mine", "--as", email, *options, stdout=out, stderr=problems
        )
    except CommandError as error:
        raise CommandError(f"{problems.getvalue()}\n{error}") from None
    return out.getvalue()


def test_it_imports_with_a_folder_of_pictures(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture_bytes())
    said = run(write_jsonl(tmp_path, task_line(image="a.png")), "--images", str(tmp_path))
    assert str(Bucket.objects.get().public_id) in said


def test_it_prints_problems_as_a_table(cast: Cast, tmp_path: Path) -> None:
    rows = [task_line(key=str(number), cluster="") for number in range(60)]
    with pytest.raises(CommandError, match="60 problem") as refused:
        run(write_jsonl(tmp_path, *rows))
    lines = str(refused.value).splitlines()
    assert lines[0].split() == ["Row", "Field", "What", "is", "wrong", "What", "to", "do"]
    assert sum("“cluster” is empty." in line for line in lines) == 50
    assert not Bucket.objects.exists()


@pytest.mark.parametrize("email", ["assessor@example.org", "nobody@example.org"])
def test_it_acts_only_for_researchers(cast: Cast, tmp_path: Path, email: str) -> None:
    with pytest.raises(CommandError, match=email):
        run(write_jsonl(tmp_path, task_line()), email=email)


def test_a_table_that_is_not_there_is_told(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.jsonl"):
        run(tmp_path / "absent.jsonl")
