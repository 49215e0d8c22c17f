import pytest

from apps.benchmarks.domain.items import Item
from apps.benchmarks.protocols import find_protocol

INCLUSION = find_protocol("inclusion@1")


@pytest.mark.parametrize(
    ("text", "references", "value"),
    [
        ("The shape is Red.", ["red"], 1.0),
        ("It is a red-hot poker", ["red"], 1.0),
        ("It is covered", ["red"], 0.0),
        ("Фигура красная.", ["круг", "красная"], 1.0),
        ("a+b=c", ["a+b"], 1.0),
        ("red and blue", ["blue"], 1.0),
    ],
)
def test_a_reference_counts_where_it_is_said_as_whole_words(text: str, references: list[str], value: float) -> None:
    assert INCLUSION.value(INCLUSION.mark(text, Item("1", references))) == value


def test_silence_includes_nothing() -> None:
    assert INCLUSION.mark(" ... ", Item("1", ["red"])).outcome == "unparsed"
