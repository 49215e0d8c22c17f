"""The words of VQA answers as the official evaluation of VQAv2 normalises them, oddities included.

Source: GT-Vision-Lab/VQA, PythonEvaluationTools/vqaEvaluation/vqaEval.py at a013f00 (BSD-2-Clause). Kept on purpose: a
period is dropped even after a digit, at most 32 of them; contractions with a capital letter never match, since words
are lower-cased first.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

ANNOTATORS = 10
_PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!'
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
_PERIOD = re.compile(r"\.(?!\d)")
_MOST_PERIODS = 32  # the official call passes re.UNICODE where `count` stands
_ARTICLES = {"a", "an", "the"}
_DIGITS = {
    "none": "0", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
# Each is put right when any one of its apostrophes is missing; the official table lists just these misspellings.
_CONTRACTIONS = (
    "ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd "
    "he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've "
    "needn't not've o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've "
    "somebody'll somebody's someone'd someone'd've someone'll someone's something'd something'd've something'll "
    "that's there'd there'd've there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've "
    "we've weren't what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's "
    "who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've "
    "you'll you're you've "
)


def _misspellings(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place, letter in enumerate(word) if letter == "'"]


_SPELLING = {wrong: word for word in _CONTRACTIONS.split() for wrong in _misspellings(word)}
_SPELLING["somebody'd"] = "somebodyd"  # the official table has this one the wrong way round


@lru_cache(maxsize=1 << 18)
def clean(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def without_punctuation(text: str) -> str:
    """A mark is deleted when it touches a space somewhere in `text`, or `text` has 1,000; else it becomes a space."""
    bare, number = text, _COMMA_IN_NUMBER.search(text) is not None
    for mark in _PUNCTUATION:
        touches = f"{mark} " in text or f" {mark}" in text
        bare = bare.replace(mark, "" if number or touches else " ")
    return _PERIOD.sub("", bare, count=_MOST_PERIODS)


def plain_words(text: str) -> str:
    words = (_DIGITS.get(word, word) for word in text.lower().split())
    return " ".join(_SPELLING.get(word, word) for word in words if word not in _ARTICLES)


@lru_cache(maxsize=1 << 18)
def normalise(text: str) -> str:
    return plain_words(without_punctuation(text))


def leave_one_out(matches: int, annotators: int) -> float:
    """The mean over annotators of min(1, matches among the others / 3): of ten 0, 0.3, 0.6, 0.9 or 1."""
    own, other = min(1.0, (matches - 1) / 3) * matches, min(1.0, matches / 3) * (annotators - matches)
    return (own + other) / annotators if matches else 0.0


def consensus(parsed: str, truths: Sequence[str]) -> float:
    return leave_one_out(truths.count(parsed), len(truths))
