r"""LaTeX between `$…$`, `$$…$$`, `\(…\)` or `\[…\]` to MathML. The source is hostile: its length, and so the time, is
bounded, macros are refused, and what can't be converted is shown as it was written."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

LONGEST = 2_000  # characters of one formula
LONGEST_IN_ALL = 20_000  # characters of all formulas of an answer; what comes after stays as it was written
CLOSING = {"$$": "$$", r"\[": r"\]", r"\(": r"\)", "$": "$"}
BLOCKS = ("$$", r"\[")
MACRO = re.compile(r"\\(?:(?:re|provide)?(?:new)?command|[egx]?def|let|Declare|newenvironment)(?![a-z])")
TAGS = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"}
TAGS |= {"munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd"}
TAGS |= {"mstyle", "mpadded", "mphantom", "menclose"}
ATTRIBUTES = {
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "separator", "form", "largeop", "movablelimits", "accent"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mfrac": {"linethickness"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"columnalign", "rowlines", "columnlines", "displaystyle"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "mspace": {"width"},
}
NARROW = re.compile(r"-?[0-2]?(?:\.\d+)?em")


def read_formulas(reader: MarkdownIt) -> None:
    """Teach the parser to find formulas; code and escapes keep what looks like one."""
    reader.inline.ruler.before("escape", "formula", find_inline)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    reader.block.ruler.before("fence", "formula_block", find_block, {"alt": interrupted})
    reader.add_render_rule("formula", write_formula)


def find_inline(state: StateInline, silent: bool) -> bool:
    opening = next((mark for mark in CLOSING if state.src.startswith(mark, state.pos)), None)
    if opening is None:
        return False
    start = state.pos + len(opening)
    end = state.src.find(CLOSING[opening], start, min(start + LONGEST, state.posMax))
    source = state.src[start:end] if end >= 0 else ""
    if opening == "$" and not is_between_dollars(source, state.src[end + 1 : end + 2]):
        return False
    if not source.strip() or not may_spend(state.env, len(source), silent):
        return False
    if not silent:
        add(state.push("formula", "math", 0), opening, source)
    state.pos = end + len(CLOSING[opening])
    return True


def is_between_dollars(source: str, following: str) -> bool:
    """Pandoc's rule, which tells formulas from amounts: no blank inside the dollars, no digit after them."""
    return source[:1].strip() != "" and source[-1:].strip(" \t\n\\") != "" and not following.isdigit()


def find_block(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    begin = state.bMarks[line] + state.tShift[line]
    opening = next((mark for mark in BLOCKS if state.src.startswith(mark, begin)), None)
    if opening is None or state.is_code_block(line):
        return False
    end = state.src.find(CLOSING[opening], begin + 2, begin + 2 + LONGEST)
    after = line
    while after < last and state.eMarks[after] < end + 2:
        after += 1
    if end < 0 or after >= last or state.src[end + 2 : state.eMarks[after]].strip(" \t.,;"):
        return False
    source = state.getLines(line, after + 1, state.blkIndent, False).strip().rstrip(".,; ")[2:-2]
    if not source.strip() or not may_spend(state.env, len(source), silent):
        return False
    if not silent:
        add(state.push("formula", "math", 0), opening, source)
        state.line = after + 1
    return True


def may_spend(env: Any, length: int, silent: bool) -> bool:
    spent = env.get("formulas", 0) + length
    if spent <= LONGEST_IN_ALL and not silent:
        env["formulas"] = spent
    return bool(spent <= LONGEST_IN_ALL)


def add(token: Token, opening: str, source: str) -> None:
    token.content, token.markup, token.block = source, opening, opening in BLOCKS


def write_formula(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    token = tokens[place]
    opening = token.markup
    return formula_html(token.content, block=opening in BLOCKS, written=opening + token.content + CLOSING[opening])


def formula_html(source: str, *, block: bool, written: str) -> str:
    """MathML of LaTeX, or `written` as code where it is no LaTeX that we know, nests too deep or defines macros."""
    as_written = f"<code>{escape(written)}</code>"
    if MACRO.search(source):
        return as_written
    try:
        root = Converter(display="block" if block else "inline").convert_to_element(source)
    except Exception:  # noqa: BLE001 (the library raises whatever its parser trips over, RecursionError too)
        return as_written
    unescape_texts(root)
    return tostring(root, encoding="unicode")


def unescape_texts(root: Element) -> None:
    """The library writes signs as entities, for XML that is then unescaped whole; here texts alone are unescaped."""
    for element in root.iter():
        element.text = unescape(element.text) if element.text else element.text


def keep_attribute(tag: str, name: str, value: str) -> str | None:
    """For the cleaner: a blank of a formula is narrow, so that nothing is pushed out of its answer."""
    return None if (tag, name) == ("mspace", "width") and not NARROW.fullmatch(value) else value
