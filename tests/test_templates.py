"""Templates keep to the strict content security policy and compile."""

import re

import pytest
from django.template import engines

from tests.sources import ROOT, templates

COMMENT = re.compile(r"{% comment.*?%}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an hx-on attribute": re.compile(r"\shx-on", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
}
PAGES = [path for path in templates() if path.suffix in {".html", ".svg"}]


def offences(source: str) -> list[str]:
    text = COMMENT.sub("", source)
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_nothing_inline(path: object) -> None:
    assert offences((ROOT / str(path)).read_text()) == []


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_it_compiles(path: object) -> None:
    engines["django"].get_template(str(path).removeprefix("templates/"))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<script>alert(1)</script>", "an inline script"),
        ("<style>p{}</style>", "a style element"),
        ('<p\n  style="color:red">', "a style attribute"),
        ('<body onload="x()">', "an event attribute"),
        ('<p hx-on:click="x()">', "an hx-on attribute"),
        ('<a href="javascript:x()">', "a script address"),
    ],
)
def test_the_search_finds_what_it_looks_for(source: str, what: str) -> None:
    assert offences(source) == [what]
    assert offences("{# " + source.replace("\n", " ") + " #}") == []


def test_the_search_leaves_decent_pages_alone() -> None:
    assert offences('<script src="/a.js" defer></script><link rel="stylesheet"><p class="on style"></p>') == []
