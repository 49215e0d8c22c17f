"""Each problem's code in words: what is wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from apps.buckets.domain.problems import Problem

_COLUMNS = _("Columns are: key, instruction, images, language, cluster, references, alt.")
_SAVE_AS_UTF8 = _("Save the file again with the encoding UTF-8 (in Excel: “CSV UTF-8”).")
_SAVE_PICTURE_AGAIN = _("Open the picture and save it again as PNG or JPEG.")
_PACK_AGAIN = _("Pack the folder of pictures again as an ordinary ZIP.")

WORDING: dict[str, tuple[_StrPromise, _StrPromise]] = {
    # The table as a whole
    "unknown_format": (
        _("“%(suffix)s” is not a table we read."),
        _("Give a file that ends in one of: %(known)s."),
    ),
    "no_file": (_("The file “%(name)s” can't be read."), _("Check that it exists and that you may read it.")),
    "table_too_large": (_("The table has more than %(most_mb)s MB."), _("Split it into several buckets.")),
    "no_tasks": (_("The table has no tasks."), _("Add at least one row below the header.")),
    "too_many_tasks": (_("The table has more than %(most)s tasks."), _("Split it into several buckets.")),
    "not_utf8": (_("The text is not UTF-8: it looks like %(guess)s."), _SAVE_AS_UTF8),
    "row_too_long": (
        _("The row has more than %(most_kb)s kB."),
        _("Shorten it; pictures go into files of their own, not into the table."),
    ),
    "changed_while_read": (
        _("The table changed while it was being read."),
        _("Import it again when nobody is writing to it."),
    ),
    # Names of buckets
    "name_empty": (_("The bucket has no name."), _("Give it one.")),
    "name_too_long": (_("The name has more than %(most)s characters."), _("Shorten it.")),
    "name_taken": (
        _("This name belongs to a bucket that you are not a member of."),
        _("Choose another name, or ask its owner to add you."),
    ),
    # Columns
    "unknown_column": (_("There is no column “%(column)s”."), _COLUMNS),
    "unknown_column_near": (
        _("There is no column “%(column)s”. Did you mean “%(suggestion)s”?"),
        _COLUMNS,
    ),
    "column_twice": (_("The column “%(column)s” is given twice."), _("Keep one of them.")),
    "column_missing": (_("The column “%(column)s” is missing."), _("Add it to the header.")),
    # Rows
    "bad_json": (
        _("This line is not JSON: column %(column)s, %(detail)s."),
        _("Write one JSON object per line, in double quotes."),
    ),
    "json_not_object": (
        _("This line holds %(kind)s, not an object."),
        _('Write one object per line, like {"key": "1", "instruction": "…"}; no list around them.'),
    ),
    "bad_csv": (
        _("This row can't be read: %(detail)s."),
        _("Put cells that hold quotes, separators or line breaks in double quotes, and double the quotes inside."),
    ),
    "too_many_cells": (
        _("The row has %(count)s cells, the header has %(most)s."),
        _("Put cells that hold the separator in double quotes."),
    ),
    "duplicate_key": (
        _("The key “%(key)s” is already used in row %(first)s."),
        _("Give every task a key of its own."),
    ),
    # Cells
    "empty": (_("“%(column)s” is empty."), _("Fill it in: every task needs a key, instruction, language and cluster.")),
    "not_text": (_("“%(column)s” is of the type %(kind)s, not text."), _("Write it as text in quotes.")),
    "too_long": (_("“%(column)s” has %(length)s characters; at most %(most)s are kept."), _("Shorten it.")),
    "too_many": (_("“%(column)s” has %(count)s values; at most %(most)s are kept."), _("Remove some.")),
    "control_character": (
        _("“%(column)s” holds the character %(character)s, which is no text."),
        _("Remove it; it often comes from copying out of a PDF or a terminal."),
    ),
    "language": (_("“%(value)s” is not a language tag."), _("Write a tag such as en, ru, pt-BR or zh-Hans.")),
    "language_near": (
        _("“%(value)s” is not a language tag. Did you mean “%(suggestion)s”?"),
        _("Write a tag such as en, ru, pt-BR or zh-Hans."),
    ),
    "more_alts_than_images": (
        _("There are %(alts)s descriptions for %(images)s pictures."),
        _("Give one description per picture, in the same order."),
    ),
    # Pictures
    "no_pictures_given": (
        _("The task names the picture “%(name)s”, but no pictures were given."),
        _("Add a ZIP with the pictures, or their folder on the command line."),
    ),
    "missing_image": (
        _("There is no picture “%(name)s”."),
        _("Add it, or correct the name; upper and lower case count."),
    ),
    "missing_image_near": (
        _("There is no picture “%(name)s”. Did you mean “%(suggestion)s”?"),
        _("Add it, or correct the name; upper and lower case count."),
    ),
    "unsafe_name": (
        _("“%(name)s” points outside the pictures."),
        _("Use names relative to the pictures' folder, without “..” and links."),
    ),
    "not_an_image": (
        _("“%(name)s” is not a picture that can be read."),
        _("Give it as PNG, JPEG, WebP, GIF, BMP or TIFF, whole and undamaged."),
    ),
    "svg": (_("“%(name)s” is an SVG drawing, which may carry programs."), _("Export it as PNG.")),
    "picture_too_large": (_("“%(name)s” has more than %(most_mb)s MB."), _SAVE_PICTURE_AGAIN),
    "too_many_pixels": (
        _("“%(name)s” has %(width)s × %(height)s pixels; at most %(most_megapixels)s million are kept."),
        _("Make it smaller."),
    ),
    # Archives
    "not_a_zip": (_("The pictures' file is not a ZIP that can be read."), _PACK_AGAIN),
    "zip_encrypted": (_("The ZIP is encrypted (“%(name)s”)."), _("Pack it again without a password.")),
    "zip_packing": (
        _("“%(name)s” is packed in the ZIP by a method that we don't read."),
        _("Pack the pictures again as an ordinary ZIP, with the method “Deflate” or “Store”."),
    ),
    "zip_entries": (
        _("The ZIP has %(count)s entries; at most %(most)s are read."),
        _("Split it into several buckets."),
    ),
    "zip_total": (_("The ZIP unpacks to more than %(most_mb)s MB."), _("Split it into several buckets.")),
    "zip_unsafe_name": (_("The ZIP holds the unsafe name “%(name)s”."), _PACK_AGAIN),
    "zip_link": (_("The ZIP holds a link instead of a file: “%(name)s”."), _PACK_AGAIN),
    "zip_damaged": (_("“%(name)s” is damaged inside the ZIP, or its size is not what the ZIP says."), _PACK_AGAIN),
    "zip_same_name": (_("The ZIP holds “%(name)s” twice."), _("Rename one of the two.")),
}


def worded(problem: Problem) -> tuple[str, str]:
    """Message and remedy in the active language. A `<code>_near` wording is taken when a suggestion is at hand."""
    near = f"{problem.code}_near"
    code = near if near in WORDING and problem.facts.get("suggestion") else problem.code
    message, remedy = WORDING[code]
    facts = {name: "" if value is None else str(value) for name, value in problem.facts.items()}
    return str(message) % facts, str(remedy) % facts
