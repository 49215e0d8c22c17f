"""Every word has its Russian, no more and no less. After a change of words:
`python manage.py makemessages -l ru --no-location --no-wrap --ignore .venv --ignore var --ignore "tests/*"`,
then translate what it added.
"""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

from tests.words import CATALOGUE, calls_of, catalogue, used_words, words_in, words_of

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|<[^>]+>")
RUSSIAN = [message for message in catalogue() if message.id]


@pytest.mark.slow
def test_the_catalogue_holds_the_words_in_use() -> None:
    used, known = used_words(), {words_of(message) for message in RUSSIAN}
    assert {words: str(path) for words, path in used.items() if words not in known} == {}, f"add them to {CATALOGUE}"
    assert known - used.keys() == set(), f"nobody says this any more; take it out of {CATALOGUE}"
    assert not catalogue().obsolete


def test_everything_is_translated() -> None:
    assert [words_of(message) for message in RUSSIAN if message.fuzzy or not all(translations(message))] == []


def test_the_catalogue_is_sound() -> None:
    """What `msgfmt --check` looks at: Russian's three forms, and places for values that Python can fill."""
    assert catalogue().num_plurals == 3
    checked = [(message, fault) for message, faults in catalogue().check() for fault in faults]
    faults = [(words_of(message), str(fault)) for message, fault in checked if "no-python-format" not in message.flags]
    assert faults == []


def test_translations_have_the_same_placeholders() -> None:
    pairs = [(message, text) for message in RUSSIAN for text in translations(message)]
    assert [(words_of(message), text) for message, text in pairs if not same(message, text)] == []


def translations(message: Message) -> tuple[str, ...]:
    texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return tuple(text or "" for text in texts)


def same(message: Message, text: str) -> bool:
    english = message.id if isinstance(message.id, str) else message.id[1]
    return Counter(PLACEHOLDER.findall(english)) == Counter(PLACEHOLDER.findall(text))


@pytest.mark.parametrize(
    ("english", "russian", "alike"),
    [
        ("%(n)s of %(all)s", "из %(all)s – %(n)s", True),
        ("%(n)s of %(all)s", "%(n)s из %(all)d", False),
        ("%(n)s%%", "%(n)s", False),
        ("{name} is <b>new</b>", "{name} – <b>новое</b>", True),
        ("{name} is new", "{имя} – новое", False),
        (("One", "%(n)s things"), ("%(n)s вещь", "%(n)s вещи", "%(n)s вещей"), True),
        (("One", "%(n)s things"), ("Одна вещь", "%(n)s вещи", "%(n)s вещей"), False),  # 21 is said like 1
    ],
)
def test_placeholders_are_compared(english: str | tuple[str, str], russian: str | tuple[str, ...], alike: bool) -> None:
    message = Message(english, russian)
    assert all(same(message, text) for text in translations(message)) is alike


@pytest.mark.parametrize(
    "template",
    [
        '<p>it\'s {% translate "New" context "of a run" %}</p>',
        ' {% blocktranslate trimmed count n=n context "of a run" %}\n New {% plural %} {{ n }}{% endblocktranslate %}',
        '{% translate "New" context "of a run" as word %}{# Old #}{% comment %}{% translate "Old" %}{% endcomment %}',
    ],
)
def test_words_are_found_in_templates(template: str) -> None:
    assert [(words.context, words.english) for words in words_in(calls_of(template))] == [("of a run", "New")]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("_('New')", (None, "New", None)),
        ("translation.gettext_lazy('New ' 'run')", (None, "New run", None)),
        ("pgettext_lazy('of a run', 'New')", ("of a run", "New", None)),
        ("ngettext_lazy('%(n)s run', '%(n)s runs', n)", (None, "%(n)s run", "%(n)s runs")),
        ("npgettext('door', 'New', '%(n)s new', n)", ("door", "New", "%(n)s new")),
    ],
)
def test_words_are_found_in_programs(call: str, found: tuple[str | None, str, str | None]) -> None:
    assert list(words_in(call)) == [found]
