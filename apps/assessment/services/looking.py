"""What a file from elsewhere says, before anything of it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.assessment.domain.elsewhere import MOST_BYTES, CannotImport, Told, Wrong, checked, gettext_noop
from apps.assessment.domain.found import Becomes, Found, find, suggested
from apps.assessment.elsewhere import readers
from apps.assessment.elsewhere.archive import START

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Look:
    """`told` is what it says, `found` by which names, `becomes` what each is taken for unless told otherwise."""

    form: str
    sha256: str
    told: Sequence[Told]
    found: Sequence[Found]
    becomes: Mapping[str, Becomes]

    @property
    def pipelines(self) -> list[str]:
        return sorted({name for item in self.told for name in (item.a, item.b)})

    @property
    def tasks(self) -> int:
        return len({item.task for item in self.told})

    @property
    def assessors(self) -> int:
        return len({item.assessor for item in self.told})


def look_into(form: str, content: bytes, names: tuple[str, str] = ("A", "B")) -> Look:
    """Raises CannotImport with rows, fields and remedies; KeyError for an unknown form."""
    try:
        told = checked(readers()[form].read(_text(form, content), names), timezone.now())
    except RecursionError:  # JSON can be read that is too deep to be written
        raise CannotImport([Wrong(0, "file", gettext_noop("is not JSON. Export it again."))]) from None
    found = find(told)
    return Look(form, hashlib.sha256(content).hexdigest(), told, found, suggested(found))


def _text(form: str, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        why = gettext_noop("is larger than %(most)s MB. Split it.")
        raise CannotImport([Wrong(0, "file", why, {"most": MOST_BYTES >> 20})])
    if content.startswith(START):
        unpack = getattr(readers()[form], "unpack", None)
        if unpack is None:
            raise CannotImport([Wrong(0, "file", gettext_noop("is a ZIP. Unpack it, and choose the file inside."))])
        return str(unpack(content))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotImport([Wrong(0, "file", gettext_noop("is not text in UTF-8. Save it as UTF-8."))]) from None
