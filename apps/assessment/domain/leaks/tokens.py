"""Stray marks of tokenizers and chat templates."""

import re

from apps.assessment.domain.leaks.lexicon import LEXICON

ANGLE = "|".join(map(re.escape, LEXICON["angle"]))
SQUARE = "|".join(map(re.escape, LEXICON["square"]))
FORMS = [
    r"<[|｜][^<>|｜\s]{1,40}[|｜]>",  # <|im_end|>, <｜end▁of▁sentence｜>
    rf"</?(?:{ANGLE})>",
    r"<(?:extra_id|unused|reserved_special_token|loc|image|img|row_\d{1,3}_col|vit|seg)_?\d{1,5}>",
    r"<0x[0-9A-F]{2}>",  # byte fallback
    rf"\[/?(?:{SQUARE})\]",
    r"<</?SYS>>",
    r"(?:^|(?<=\n))###[ ]?(?:Instruction|Response|Input|Assistant|Human|User|System):?(?=\s|$)",
    r"(?:^|(?<=\n)|(?<=^ )|(?<=\n )|(?<=[>#+*-] )|(?<=>))(?-i:USER|ASSISTANT|SYSTEM|Assistant|Human):",
    r"(?<=\w)(?-i:[▁Ġ])(?-i:[a-zа-яё])|(?<=\w)Ċ(?=\w|$)",  # a tokenizer's space or line break between two words
]
TOKENS = re.compile("|".join(FORMS), re.IGNORECASE)
# Thinking aloud, from its opening mark to the closing one or the end; without an opening mark (a chat template may have
# written it) from the beginning.
THINK = r"(?:<{0}think(?:ing)?>|\[{0}think\])"
THOUGHTS = re.compile(
    rf"{THINK.format('')}(?:(?!{THINK.format('/')})[\s\S])*(?:{THINK.format('/')})?"
    rf"|\A(?:(?!{THINK.format('/?')})[\s\S])*{THINK.format('/')}",
    re.IGNORECASE,
)
# <s> and </s> are stray only when they are no pair: the pair is struck-out text in HTML.
STRIKE = re.compile(r"<s>[^<]{1,200}</s>|(</?s>)")
