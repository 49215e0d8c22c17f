from hypothesis import given
from hypothesis import strategies as st

from apps.pipelines.domain.differences import differences

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8)


def test_a_changed_line_is_removed_then_added() -> None:
    found = [(line.change, line.old, line.new, line.text) for line in differences("a\nb\nc", "a\nx\nc")]
    assert found == [("same", 1, 1, "a"), ("removed", 2, None, "b"), ("added", None, 2, "x"), ("same", 3, 3, "c")]


@given(LINES, LINES)
def test_both_texts_can_be_read_off(old: list[str], new: list[str]) -> None:
    found = differences("\n".join(old), "\n".join(new))
    assert [line.text for line in found if line.change != "added"] == "\n".join(old).splitlines()
    assert [line.text for line in found if line.change != "removed"] == "\n".join(new).splitlines()
    assert [line.new for line in found if line.new] == sorted(line.new for line in found if line.new)
