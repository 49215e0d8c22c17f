"""The maintained list, read once: names of models and their makers, and the regular expressions made of them.

Every repetition is bounded and no two neighbours match the same characters, so a scan takes time linear in the text,
whatever the text is.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LEXICON: dict[str, Any] = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
LEXICON_VERSION: int = LEXICON["version"]

START = r"(?<![^\W_])"
# What belongs to a model's name: a version ("2.5", " 3"), then parts such as "-VL-7B-Instruct", " Pro", "’s".
VERSION = r"(?:\.\d{1,3})?(?:[ _-]?v?\d{1,4}(?:\.\d{1,3}){0,2}[a-zA-Z]{0,3}\b)?"
TIER = r"(?: (?-i:Pro|Flash|Ultra|Nano|Mini|Turbo|Sonnet|Opus|Haiku|Instruct|Vision|Large|Max|Plus|Lite)\b){0,2}"
TAIL = VERSION + r"(?:[_-][A-Za-z0-9]{1,24}(?:\.\d{1,3})?){0,6}" + TIER + r"(?:['’]s\b)?"


def flexible(name: str) -> str:
    """The name as a pattern, its parts apart by a space, a hyphen, a slash or nothing. `text_search` stays as it is."""
    parts = [re.escape(part) for part in re.split(r"[\s/-]+", name) if part]
    return r"[\s_/-]{0,2}".join(parts)


def any_of(names: Iterable[str]) -> str:
    """The longest first, so that a name is not taken for its own beginning."""
    return "(?:" + "|".join(flexible(name) for name in sorted(names, key=lambda name: (-len(name), name))) + ")"


STEMS = re.compile(rf"{START}(?:{'|'.join(map(re.escape, LEXICON['stems']))})\w{{0,20}}{TAIL}", re.IGNORECASE)
PATTERNS = re.compile(rf"{START}(?:{'|'.join(LEXICON['patterns'])}){TAIL}")
