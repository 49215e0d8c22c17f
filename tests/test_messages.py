"""Words for people can be translated: plain strings, whole sentences, named placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import ROOT, python_files

GETTEXT = re.compile(r"n?p?n?gettext(_lazy|_noop)?")
MARKED = {"gettext(item.why)": "apps/assessment/domain/elsewhere.py"}  # and where gettext_noop marks their words
UNNAMED = re.compile(r"(?<!%)(?:%%)*%(?![%(])[-+#0]*\d*(?:\.\d+)?[sdifrgx]|\{\d*\}")


def messages_of(source: str) -> Iterator[tuple[int, str]]:
    """Line and complaint for each call of a gettext function, whatever name it was imported by."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if GETTEXT.fullmatch(alias.name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_gettext(node.func, names):
            if ast.unparse(node) in MARKED:
                continue
            plural = "ngettext" in ast.unparse(node.func) or "npgettext" in ast.unparse(node.func)
            for argument in node.args[:2] if plural else node.args[:1]:
                yield from ((argument.lineno, complaint) for complaint in _complaints(argument))


def _is_gettext(function: ast.expr, names: set[str]) -> bool:
    if isinstance(function, ast.Name):
        return function.id in names
    return isinstance(function, ast.Attribute) and bool(GETTEXT.fullmatch(function.attr))


def _complaints(argument: ast.expr) -> Iterator[str]:
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        yield "the message is not a plain string"
    elif UNNAMED.search(argument.value):
        yield "a placeholder has no name"


@pytest.mark.slow
def test_every_message_can_be_translated() -> None:
    ours = [path for path in python_files() if path.parts[0] in {"apps", "sbs_platform"} and not is_test(path)]
    found = [f"{path}:{line}: {said}" for path in ours for line, said in messages_of((ROOT / path).read_text())]
    assert found == []


def test_words_that_are_translated_later_are_marked() -> None:
    for place in MARKED.values():
        marked = re.findall(r"gettext_noop\((.)", (ROOT / place).read_text())
        assert set(marked) == {'"', "w"}  # literals, and the definition


def is_test(path: Path) -> bool:
    return "tests" in path.parts


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("_(f'{n} rows')", "the message is not a plain string"),
        ("_('Hello ' + name)", "the message is not a plain string"),
        ("_('%s rows')", "a placeholder has no name"),
        ("_('{} rows')", "a placeholder has no name"),
        ("translation.gettext('%d rows')", "a placeholder has no name"),
        ("ngettext('%(n)d row', '%d rows', n)", "a placeholder has no name"),
    ],
)
def test_the_search_finds_what_it_looks_for(call: str, complaint: str) -> None:
    source = f"from django.utils.translation import gettext as _, ngettext\n{call}"
    assert [said for _line, said in messages_of(source)] == [complaint]


@pytest.mark.parametrize(
    "call", ["_('%(n)s rows, 5 %% more')", "_('{name} of {total}')", "other(f'{n}')", "_('50 % sure')"]
)
def test_the_search_leaves_decent_messages_alone(call: str) -> None:
    assert list(messages_of(f"from django.utils.translation import gettext as _\n{call}")) == []
