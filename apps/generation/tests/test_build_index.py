import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from apps.generation.management.commands.build_index import count_lines

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


def test_the_command_builds_and_tells_faults_by_line(
    tmp_path: Path, settings: "Settings", capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MODEL_DIR = tmp_path / "models"
    source = tmp_path / "docs.jsonl"
    source.write_text(json.dumps({"id": "1", "title": "Zoo", "text": "Elephants.", "source": "book"}) + "\n")
    call_command("build_index", "text", "zoo", str(source))
    printed = capsys.readouterr()
    assert "zoo: 1 rows" in printed.out
    assert "Checking" in printed.err
    source.write_text("{}\n" * 60)
    with pytest.raises(CommandError) as error:
        call_command("build_index", "text", "other", str(source))
    assert "line 1: “id”: it is missing" in str(error.value)
    assert "… and 190 more" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.jsonl"):
        call_command("build_index", "pictures", "mine", str(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    ("content", "count"), [(b"", 0), (b"a\n", 1), (b"a\nb", 2), (b"x" * 3_000_000, 1), (b"\n\n", 2)]
)
def test_lines_are_counted_without_holding_one(tmp_path: Path, content: bytes, count: int) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    assert count_lines(tmp_path / "a.jsonl") == count
