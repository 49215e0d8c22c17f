"""The words of our sources and of the Russian catalogue, found as `makemessages` finds them but without GNU gettext."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.sources import ROOT, python_files, templates

CATALOGUE = Path("locale/ru/LC_MESSAGES/django.po")
FUNCTIONS = ("gettext", "ngettext", "pgettext", "npgettext")
LATER = {f"{name}_{kind}": DEFAULT_KEYWORDS[name] for name in FUNCTIONS for kind in ("lazy", "noop")}
KEYWORDS = DEFAULT_KEYWORDS | LATER


class Words(NamedTuple):
    context: str | None
    english: str
    plural: str | None = None


def catalogue() -> Catalog:
    """Raises PoFileError where the file is not sound."""
    with (ROOT / CATALOGUE).open("rb") as file:
        return read_po(file, locale="ru", abort_invalid=True)


def words_of(message: Message) -> Words:
    return _words(message.context, message.id)


def used_words() -> dict[Words, Path]:
    """Everything that a reader may see, with a file that says it."""
    ours = [path for path in python_files() if path.parts[0] in {"apps", "sbs_platform"} and "tests" not in path.parts]
    pieces = [(path, (ROOT / path).read_text()) for path in ours]
    pieces += [(path, calls_of((ROOT / path).read_text())) for path in templates()]
    return {words: path for path, source in pieces for words in words_in(source)}


def calls_of(template: str) -> str:
    """The template's words as calls of gettext in Python; everything else is blanked out."""
    return re.sub(r"^\s+", "", templatize(template), flags=re.MULTILINE)


def words_in(source: str) -> Iterator[Words]:
    for _line, said, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield _words(context, said)


def _words(context: str | None, said: str | list[str] | tuple[str, ...]) -> Words:
    return Words(context, said) if isinstance(said, str) else Words(context, said[0], said[1])
