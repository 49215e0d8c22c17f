import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.rendering import TAGS, render_markdown


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img"),
        ("![pixel](http://tracker.example/p.png)", "[pixel]"),
        ("[press](javascript:alert(1))", "press"),
        ("[press](http://evil.example/)", '<span class="answer__link">press</span>'),
        ("<http://evil.example/>", '<span class="answer__link">'),
        ("# Big title", '<p class="answer__heading">Big title</p>'),
    ],
)
def test_hostile_output_becomes_harmless(hostile: str, harmless: str) -> None:
    html = render_markdown(hostile)
    assert harmless in html
    assert "<img" not in html
    assert "<a" not in html
    assert "<h1" not in html
    assert "<script" not in html


def test_line_breaks_lists_tables_and_code_survive() -> None:
    html = render_markdown("one\ntwo\n\n- x\n\n| a | b |\n|:-:|---|\n| 1 | 2 |\n\n```py\n1 < 2\n```")
    assert "one<br>" in html
    assert "<li>x</li>" in html
    assert "<td>1</td>" in html
    assert "<pre><code>1 &lt; 2" in html
    assert "style" not in html
    assert render_markdown("") == ""


@given(st.text(max_size=200))
def test_nothing_but_the_allowed_elements_comes_out(text: str) -> None:
    import re

    assert set(re.findall(r"<([a-zA-Z][\w-]*)", render_markdown(text))) <= TAGS
