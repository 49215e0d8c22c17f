"""Rules that need no database."""

import json
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.domain.pairing import suggest_pair
from apps.generation.domain.progress import RunProgress
from apps.generation.domain.retries import LONGEST_BACKOFF_S, backoff_seconds, is_final
from apps.generation.domain.storable import storable_json, storable_text
from apps.generation.domain.trace import Part, readable_steps

pytestmark = pytest.mark.slow

ANY_TEXT = st.text(st.characters(codec=None))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(ANY_TEXT)
def test_stored_text_is_utf8_without_nul(text: str) -> None:
    assert "\x00" not in storable_text(text)
    storable_text(text).encode()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_clean_text_is_kept_as_it_is(text: str) -> None:
    assert storable_text(text) == text


@given(ANY_JSON)
def test_any_value_becomes_strict_json(value: object) -> None:
    written = json.dumps(storable_json(value), allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in written
    written.encode()


@given(st.integers(0, 10_000))
def test_pauses_grow_and_end(failures: int) -> None:
    assert backoff_seconds(failures) <= backoff_seconds(failures + 1) <= LONGEST_BACKOFF_S


def test_pauses_double() -> None:
    assert [backoff_seconds(failures) for failures in (1, 2, 3)] == [2, 4, 8]


@pytest.mark.parametrize(("failures", "retryable", "final"), [(1, True, False), (3, True, True), (1, False, True)])
def test_three_failures_or_one_that_can_not_pass_are_final(failures: int, retryable: bool, final: bool) -> None:
    assert is_final(failures, retryable=retryable) is final


def test_time_left_follows_the_rate() -> None:
    progress = RunProgress(waiting=8, running=2, done=5, failed=1, per_minute=4.0)
    assert (progress.total, progress.finished, progress.seconds_left) == (16, 6, 150)
    assert RunProgress(waiting=1).seconds_left is None
    assert RunProgress(done=1).seconds_left == 0


@pytest.mark.parametrize(
    ("progress", "settled", "complete"),
    [
        (RunProgress(waiting=1, done=1), False, False),
        (RunProgress(running=1, done=1), False, False),
        (RunProgress(done=2, failed=1), True, True),
        (RunProgress(done=2, cancelled=1), True, False),
        (RunProgress(), True, False),
    ],
)
def test_a_run_is_complete_when_every_task_has_an_end(progress: RunProgress, settled: bool, complete: bool) -> None:
    assert (progress.is_settled, progress.is_complete) == (settled, complete)


@dataclass
class SomeRun:
    revision_id: int
    public_id: UUID = field(default_factory=uuid4)


def test_the_suggested_pair_has_two_revisions_if_it_can() -> None:
    newest, same, other = SomeRun(1), SomeRun(1), SomeRun(2)
    assert suggest_pair([newest, same, other]) == (newest.public_id, other.public_id)
    assert suggest_pair([newest, same]) == (newest.public_id, same.public_id)
    assert suggest_pair([newest, same, other], wanted=str(other.public_id)) == (other.public_id, newest.public_id)
    assert suggest_pair([newest]) is None


def test_a_trace_reads_as_text() -> None:
    [step] = readable_steps(
        [{"step": "ocr", "uses": "ocr.tesseract", "input": {"images": ["a.png"]}, "output": "STOP"}]
    )
    assert (step.name, step.outputs, step.latency_ms, step.prompt) == ("ocr", (Part("", "STOP"),), None, None)
    assert step.inputs == (Part("images", '[\n  "a.png"\n]', kind="data"),)


@given(ANY_JSON)
def test_a_trace_of_any_shape_can_be_shown(trace: object) -> None:
    readable_steps(trace)
    readable_steps([{"step": trace, "input": trace, "model": trace, "latency_ms": trace}])
