"""Tables as people's programs write them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.buckets.domain.problems import Problem
from apps.buckets.domain.rows import RawRow, TaskRow, parse_row
from apps.buckets.importers import importer_for, table_suffixes
from apps.buckets.importers.csv import separator_of
from apps.buckets.importers.jsonl import parse_line

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "key,instruction,language,cluster,images,references,alt\n"


def read(folder: Path, name: str, data: bytes | str) -> list[RawRow | Problem]:
    table = folder / name
    table.write_bytes(data.encode() if isinstance(data, str) else data)
    importer = importer_for(table)
    assert importer is not None
    return list(importer.read(table))


def codes(found: list[RawRow | Problem]) -> list[tuple[int, str]]:
    return [(item.row, item.code) for item in found if isinstance(item, Problem)]


def test_the_suffix_chooses_the_reader(tmp_path: Path) -> None:
    assert {".jsonl", ".csv"} <= set(table_suffixes())
    assert importer_for(tmp_path / "T.CSV") is not None
    assert importer_for(tmp_path / "t.xlsx") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_utf8_is_read_with_or_without_its_mark(tmp_path: Path, encoding: str, name: str) -> None:
    text = HEADER + "1,Что это?,ru,c,,,\n" if name == "t.csv" else '{"key": "1", "instruction": "Что это?"}\n'
    (row,) = read(tmp_path, name, text.encode(encoding))
    assert isinstance(row, RawRow)
    assert (row.values["key"], row.values["instruction"]) == ("1", "Что это?")


@pytest.mark.parametrize(
    ("encoding", "guess"), [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("cp1251", "Windows-1251")]
)
@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_other_encodings_are_named(tmp_path: Path, encoding: str, guess: str, name: str) -> None:
    found = read(tmp_path, name, (HEADER + "1,Сколько стоит чай?,ru,c,,,\n").encode(encoding))
    told = [item.facts["guess"] for item in found if isinstance(item, Problem) and item.code == "not_utf8"]
    assert told == [guess]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_and_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path, separator: str) -> None:
    cells = [["key", "instruction", "language", "cluster", "images"], ["1", "Two\nlines; and, more", "en", "c", "a;b"]]
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows([*cells, [], ["2", "x", "en", "c", ""]])
    first, second = read(tmp_path, "t.csv", stream.getvalue())
    assert isinstance(first, RawRow)
    assert (first.row, first.values["images"], first.values["instruction"]) == (2, ["a", "b"], "Two\nlines; and, more")
    assert (second.row, codes([second])) == (4, [])


def test_image_columns_may_repeat(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "t.csv", "key,image,instruction,language,cluster,image\n1,a.png,x,en,c,b.png\n")
    assert isinstance(row, RawRow)
    assert row.values["images"] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key,instruction\n1,x\n", [(1, "column_missing"), (1, "column_missing")]),
        (HEADER.replace("alt", "colour"), [(1, "unknown_column")]),
        (HEADER.replace("alt", "key"), [(1, "column_twice"), (1, "column_twice")]),
        (HEADER + "1,x,en,c,,,,extra\n", [(2, "too_many_cells")]),
        (HEADER + '1,"never closed,en,c\n', [(2, "bad_csv")]),
        (HEADER + '1,"bad"quote,en,c,,,\n', [(2, "bad_csv")]),
        (HEADER + "1," + "x" * 140_000 + ",en,c,,,\n", [(2, "bad_csv")]),
        ("", [(1, "column_missing")] * 4),
    ],
)
def test_faults_of_csv_are_placed(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert codes(read(tmp_path, "t.csv", text)) == expected


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"key": 1', "bad_json"),
        ("[1, 2]", "json_not_object"),
        ('"text"', "json_not_object"),
        ('{"key": 1, "key": 2}', "column_twice"),
        ("[" * 100_000, "bad_json"),
        ('{"key": ' + "9" * 5000 + "}", "bad_json"),
    ],
)
def test_faults_of_jsonl_are_placed(tmp_path: Path, line: str, code: str) -> None:
    good = '{"key": "1"}'
    found = read(tmp_path, "t.jsonl", f"{good}\n\n{line}\n{good}\n")
    assert codes(found) == [(3, code)]
    assert isinstance(found[-1], RawRow)
    assert found[-1].row == 4


def test_bad_json_names_its_column() -> None:
    problem = parse_line(1, '{"key": oops}')
    assert isinstance(problem, Problem)
    assert problem.facts["column"] == 9


def test_an_endless_line_is_not_read_whole(tmp_path: Path) -> None:
    assert codes(read(tmp_path, "t.jsonl", b"x" * 3_000_000)) == [(1, "row_too_long")]


def test_the_header_decides_the_separator_not_its_texts() -> None:
    assert separator_of('"key";"instruction, long";language;cluster') == ";"


words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(str.strip)


@given(key=words, instruction=words, reference=words.filter(lambda text: "|" not in text))
def test_both_formats_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, key: str, instruction: str, reference: str
) -> None:
    row = {"key": key, "instruction": instruction, "language": "en", "cluster": "c", "references": reference}
    stream = io.StringIO()
    csv.writer(stream).writerows([list(row), list(row.values())])
    folder = tmp_path_factory.mktemp("tables")
    (from_csv,), (from_jsonl,) = (
        [parse_row(RawRow(0, item.values)) for item in read(folder, name, text) if isinstance(item, RawRow)]
        for name, text in (("t.csv", stream.getvalue()), ("t.jsonl", json.dumps({**row, "references": [reference]})))
    )
    assert isinstance(from_csv, TaskRow)
    assert from_csv == from_jsonl
