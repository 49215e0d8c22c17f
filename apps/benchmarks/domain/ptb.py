"""Caption words as COCO's evaluation cuts them: Penn Treebank tokens in lower case, punctuation left out.

After Stanford's PTBTokenizer 3.4.1 as pycocoevalcap 1.2 calls it, without Java; equal to it on the cases of the tests,
which are captions and what they hold: contractions, abbreviations, money, times, brackets, quotes, e-mail.
"""

import re
from functools import lru_cache

_ABBREVIATIONS = (
    "mr|mrs|ms|dr|prof|st|jr|sr|etc|vs|inc|ltd|co|corp|dept|mt|ave|blvd|rd|gen|col|sgt|capt|lt|gov|sen|rep|rev|hon|"
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|no|vol|fig|ft"
)
_TOKEN = re.compile(
    rf"""
      </?[a-z!][^<>\n]*>                         # a tag
    | [\w.+%-]+@[\w-]+(?:\.[\w-]+)+              # an address
    | (?:https?://|www\.)[^\s<>"]+
    | \#\w+
    | \.\.+ | …
    | (?:[a-z]\.)+[a-z]\.                        # u.s.a.
    | (?:{_ABBREVIATIONS})\.(?=\s+\S|$)
    | (?:\d+(?:[.,:/]\d+)*|\.\d+)(?:[-/]?[^\W\d_]\w*)*
    | [^\W_](?:[\w&]|[-/.'’](?=\w))*             # a word, with what may stand inside it
    | [?!]+ | -{{2,}} | \S
    """,
    re.VERBOSE,
)
_BRACKETS = {"(": "-lrb-", ")": "-rrb-", "[": "-lsb-", "]": "-rsb-", "{": "-lcb-", "}": "-rcb-"}
_DROPPED = {*".?!,:;-`'\"’‘“”…–—", "''", "``", "--", "..."}
_SPLIT = re.compile(r"(?<=\w)(n't|n’t|['’](?:s|re|ve|ll|d|m))$")
_TWO_WORDS = {
    "cannot": "can not", "gonna": "gon na", "gotta": "got ta", "wanna": "wan na", "lemme": "lem me", "gimme": "gim me",
    "d'ye": "d 'ye", "'tis": "'t is", "'twas": "'t was",
}  # fmt: skip


@lru_cache(maxsize=1 << 17)
def tokenise(caption: str) -> tuple[str, ...]:
    words: list[str] = []
    for token in _TOKEN.findall(caption.lower()):
        if token in _DROPPED or (len(token) > 1 and not token.strip("-.…")):
            continue
        words += _words_of(token)
    return tuple(words)


def _words_of(token: str) -> list[str]:
    if token in _BRACKETS:
        return [_BRACKETS[token]]
    if token in _TWO_WORDS:
        return _TWO_WORDS[token].split()
    split = _SPLIT.search(token)
    return [token[: split.start()], split[1].replace("’", "'")] if split else [token]
