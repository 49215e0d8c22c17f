import gettext
from pathlib import Path

from sbs_platform.setup.messages import compile_messages

SOURCE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "Sign in"
msgstr "Войти"

#, fuzzy
msgid "Sign out"
msgstr "Войти"

msgctxt "side"
msgid "Left"
msgstr "Слева"

msgid "%(n)s task"
msgid_plural "%(n)s tasks"
msgstr[0] "%(n)s задание"
msgstr[1] "%(n)s задания"
msgstr[2] "%(n)s заданий"
"""


def test_a_catalogue_is_compiled_once_per_change(tmp_path: Path) -> None:
    source = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    assert compile_messages(tmp_path) == [source.with_suffix(".mo")]
    assert compile_messages(tmp_path) == []
    with source.with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Sign in") == "Войти"
    assert words.gettext("Sign out") == "Sign out"
    assert words.pgettext("side", "Left") == "Слева"
    assert [words.ngettext("%(n)s task", "%(n)s tasks", n) for n in (21, 3, 12)] == [
        "%(n)s задание",
        "%(n)s задания",
        "%(n)s заданий",
    ]
