import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import filelock
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.declare import Doc
from inference.errors import ModelUnavailable
from inference.models.gguf import sha256_of
from inference.retrieval.corpus import SHIPPED, documents
from inference.retrieval.excerpts import excerpt, fullest, plain_stems, windows
from inference.retrieval.tantivy_index import TextIndex, open_index

pytestmark = pytest.mark.slow

DOCS = [
    ("1", "Московские зоопарки", "В столице живут слоны и жирафы.", "книга"),
    ("2", "Cats", "Kittens were playing with the ball.", "book"),
    ("3", "C++", "A language for programmers.", "book"),
]


def write_corpus(model_dir: Path, docs: Sequence[tuple[str, ...]] = DOCS) -> None:
    lines = [json.dumps(dict(zip(("id", "title", "text", "source"), doc, strict=True))) for doc in docs]
    (model_dir / "corpora").mkdir(parents=True, exist_ok=True)
    (model_dir / "corpora" / "zoo.jsonl").write_text("\n".join(lines))


@pytest.fixture
def index(tmp_path: Path) -> TextIndex:
    write_corpus(tmp_path)
    return open_index("zoo", tmp_path)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("московский зоопарк", "1"), ("слон и жираф", "1"), ("a playful kitten plays", "2"), ("the cat", "2")],
)
def test_words_are_found_in_other_forms(index: TextIndex, query: str, expected: str) -> None:
    assert [doc.id for doc in index.search(query, 3)][:1] == [expected]


@pytest.mark.parametrize(
    "query", ["C++ (foo", '"cats', "cats AND", "text:cats", "-cats", "[cats TO", "cats^99 ~", "\\"]
)
def test_hostile_queries_are_only_words(index: TextIndex, query: str) -> None:
    assert {doc.id for doc in index.search(query, 3)} <= {"2", "3"}


@pytest.mark.parametrize("query", ["", "  \n", "?!", "the and of", "и в на"])
def test_queries_without_content_find_nothing(index: TextIndex, query: str) -> None:
    assert index.search(query, 3) == []


def test_results_carry_their_source_and_are_ranked(index: TextIndex) -> None:
    found = index.search("language cats ball", 3)
    assert [doc.score for doc in found] == sorted((doc.score for doc in found), reverse=True)
    assert all(isinstance(doc, Doc) and doc.source == "book" for doc in found)


def test_of_a_long_document_the_sentences_about_the_question_are_given(tmp_path: Path) -> None:
    filler = "Nothing much happens in this sentence. " * 40
    write_corpus(tmp_path, [("1", "Zoo", f"{filler}The elephants are fed at noon. They like apples. {filler}", "book")])
    doc = open_index("zoo", tmp_path).search("When is an elephant fed in the zoo?", 1, 120)[0]
    assert "The elephants are fed at noon." in doc.text
    assert len(doc.text) <= 120


@given(st.text(alphabet="ab. \n", max_size=80), st.integers(min_value=5, max_value=60))
def test_an_excerpt_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(excerpt(text, "a b", limit, plain_stems)) <= limit


def test_an_excerpt_of_very_many_sentences_takes_no_time() -> None:
    text = "a b. " * 20_000 + "The elephant eats. " + "a b. " * 20_000
    started = time.perf_counter()
    assert "elephant eats" in excerpt(text, "elephant eats", 50_000, plain_stems)
    assert time.perf_counter() - started < 2


@given(st.lists(st.sampled_from(["ab.", "cd.", "ef gh.", "ab ef."]), max_size=12), st.integers(8, 30))
def test_no_other_window_holds_more_of_the_query(sentences: list[str], limit: int) -> None:
    held = [set(sentence.strip(".").split()) for sentence in sentences]
    spans = list(windows(sentences, limit))
    if spans:
        best = max(len(set().union(*held[first:last])) for first, last in spans)
        first, last = fullest(spans, held)
        assert len(set().union(*held[first:last])) == best


def test_an_index_follows_its_corpus(tmp_path: Path, index: TextIndex) -> None:
    assert index.search("dinosaur", 1) == []
    write_corpus(tmp_path, [*DOCS, ("4", "Dinosaurs", "Long gone.", "book")])
    changed = open_index("zoo", tmp_path)
    assert [doc.id for doc in changed.search("dinosaur", 1)] == ["4"]
    assert changed.record["sha256"] != index.record["sha256"]


def test_a_corpus_that_changes_while_it_is_indexed_gets_no_index(tmp_path: Path) -> None:
    write_corpus(tmp_path)

    def change() -> None:
        write_corpus(tmp_path, [*DOCS, ("4", "Dinosaurs", "Long gone.", "book")])

    with pytest.raises(ModelUnavailable, match="changed while"):
        open_index("zoo", tmp_path, change)
    assert not [found for found in (tmp_path / "indexes").iterdir() if found.is_dir()]
    assert open_index("zoo", tmp_path).search("dinosaur", 1)


def test_a_corpus_is_looked_at_when_its_turn_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes: while one waits for the other's index, the corpus is replaced."""
    write_corpus(tmp_path)
    took = filelock.FileLock.acquire

    def late(lock: filelock.FileLock, *arguments: Any, **named: Any) -> Any:
        write_corpus(tmp_path, [*DOCS, ("4", "Dinosaurs", "Long gone.", "book")])
        return took(lock, *arguments, **named)

    monkeypatch.setattr(filelock.FileLock, "acquire", late)
    index = open_index("zoo", tmp_path)
    assert index.record["sha256"] == sha256_of(tmp_path / "corpora" / "zoo.jsonl")
    assert index.search("dinosaur", 1)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "1"}',
        '{"id": 1, "title": "", "text": "", "source": ""}',
        '{"id": "1", "title": "", "text": "", "source": ""}',
        '{"id": "9", "title": "\\u0000", "text": "", "source": ""}',
        '{"id": "9", "title": "' + "x" * 1_000_001,
    ],
)
def test_a_faulty_corpus_names_the_line_and_leaves_no_index(tmp_path: Path, line: str) -> None:
    write_corpus(tmp_path)
    with (tmp_path / "corpora" / "zoo.jsonl").open("a") as file:
        file.write("\n" + line)
    with pytest.raises(ModelUnavailable, match="line 4"):
        open_index("zoo", tmp_path)
    assert not [found for found in (tmp_path / "indexes").iterdir() if found.is_dir()]


def test_a_missing_corpus_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"corpora/none\.jsonl"):
        open_index("none", tmp_path)


def test_the_demo_corpus_is_whole() -> None:
    found = list(documents(SHIPPED["demo"]))
    assert len(found) >= 200
    assert all(doc.title and doc.text and doc.source for doc in found)
