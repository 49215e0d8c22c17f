"""Language tags as tables write them: a small, checked part of BCP 47 (language, script, region)."""

import re

_TAG = re.compile(r"^(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?$")
# ISO 639-1, so that a country code in place of a language ("ua", "jp") is noticed.
_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
    "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su "
    "sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_MEANT = {
    "english": "en", "eng": "en", "английский": "en", "англ": "en", "russian": "ru", "rus": "ru", "русский": "ru",
    "рус": "ru", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es", "chinese": "zh", "cn": "zh",
    "jp": "ja", "japanese": "ja", "ua": "uk", "ukrainian": "uk", "kz": "kk", "cz": "cs", "gr": "el", "dk": "da",
}  # fmt: skip


def normal_tag(text: str) -> str | None:
    """`EN` -> `en`, `zh-hans-cn` -> `zh-Hans-CN`; None for what is no tag of a language."""
    match = _TAG.match(text.lower())
    if match is None or (len(match["language"]) == 2 and match["language"] not in _TWO_LETTERS.split()):
        return None
    parts = [match["language"], (match["script"] or "").title(), (match["region"] or "").upper()]
    return "-".join(part for part in parts if part)


def suggested_tag(text: str) -> str | None:
    """What was probably meant by a tag that `normal_tag` refuses: `english` -> `en`, `en_US` -> `en-US`."""
    return _MEANT.get(text.lower().strip(" .")) or normal_tag(text.replace("_", "-").strip(" ."))
