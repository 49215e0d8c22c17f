"""Caption words as COCO's evaluation cuts them: Penn Treebank tokens in lower case, punctuation left out.

After Stanford's PTBTokenizer 3.4.1 as pycocoevalcap 1.2 calls it, without Java; equal to it on the cases of the
tests, which are captions and what they hold: contractions, abbreviations, money, times, brackets, quotes. (Stanford's
reads all captions as one text, so whether a letter at the end of one is an initial may depend on the next one.)
"""

import re
from functools import lru_cache

_ABBREVIATIONS = (
    "mr|mrs|ms|dr|prof|st|jr|sr|etc|vs|inc|ltd|co|corp|dept|mt|ave|blvd|rd|gen|col|sgt|capt|lt|gov|sen|rep|rev|hon|"
    r"jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|fig|ft|ph\.d"
)
_STARTS = "A|An|The|It|He|She|They|We|I|You|In|On|At|This|That|These|There|His|Her|Its|Their|Two|Some|Go|No"
_TOKEN = re.compile(
    rf"""
      </?[a-z!][^<>\n]*>                         # a tag
    | [\w.+%-]+@[\w-]+(?:\.[\w-]+)+              # an address
    | (?:https?://|www\.)[^\s<>"]+
    | [\#@][^\W\d]\w*
    | \.\.+ | …
    | (?:[a-z]\.)+[a-z]\.                        # u.s.a.
    | (?:{_ABBREVIATIONS})\.(?=\s+\S|$) | no\.(?=\s+\d)
    | (?<![\w'.-])[a-z]\.(?!\s+(?-i:{_STARTS})\b|\w)   # an initial, unless a sentence begins behind it
    | [a-z]\+\+
    | (?:\d+(?:[-.,:/]\d+)*|\.\d+)(?:[-/]?[^\W\d_]\w*)*(?:'s\b)?
    | '(?:n'|em\b|tis\b|twas\b)
    | [^\W_](?:[\w&]|[-/.'’](?=\w))*             # a word, with what may stand inside it
    | [?!]+ | -{{2,}} | \S
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WRITTEN = {"(": "-lrb-", ")": "-rrb-", "[": "-lsb-", "]": "-rsb-", "{": "-lcb-", "}": "-rcb-", "£": "#", "€": "$"}
_DROPPED = {*".?!,:;-`'\"’‘“”…–—", "''", "``", "--", "..."}
_SPLIT = re.compile(r"(?<=\w)(n't|n’t|['’](?:s|re|ve|ll|d|m|n))$")
_TWO_WORDS = {
    "cannot": "can not", "gonna": "gon na", "gotta": "got ta", "wanna": "wan na", "lemme": "lem me", "gimme": "gim me",
    "'tis": "'t is", "'twas": "'t was", "y'all": "y' all",
}  # fmt: skip


_PLAIN = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*\.?")
_KEEPS_PERIOD = re.compile(rf"(?:{_ABBREVIATIONS}|[a-z])", re.IGNORECASE)


@lru_cache(maxsize=1 << 17)
def tokenise(caption: str) -> tuple[str, ...]:
    if _PLAIN.fullmatch(caption):
        plain = caption.rstrip(".").lower().split(" ")
        if _TWO_WORDS.keys().isdisjoint(plain) and not _KEEPS_PERIOD.fullmatch(plain[-1]):
            return tuple(plain)
    words: list[str] = []
    for token in map(str.lower, _TOKEN.findall(caption)):
        if token in _DROPPED or (len(token) > 1 and not token.strip("-.…")):
            continue
        words += _words_of(token)
    return tuple(words)


def _words_of(token: str) -> list[str]:
    if token in _WRITTEN:
        return [_WRITTEN[token]]
    if token in _TWO_WORDS:
        return _TWO_WORDS[token].split()
    split = _SPLIT.search(token)
    return [token[: split.start()], split[1].replace("’", "'")] if split else [token]
