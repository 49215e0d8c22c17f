"""Model output to HTML, the same way for every answer. The output is hostile: no raw HTML, no remote picture, no live
link, no style, no identifiers; headings become paragraphs so that an answer cannot bend the page's outline."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from apps.assessment.domain import formulas

TAGS = {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "span"} | formulas.TAGS
ATTRIBUTES = {"ol": {"start"}} | formulas.ATTRIBUTES
CLASSES = {"p": {"answer__heading"}, "span": {"answer__link"}}
READER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
formulas.read_formulas(READER)


@lru_cache(maxsize=256)  # several assessors read the same answer, and everyone the same guidelines
def render_markdown(text: str) -> str:
    """Safe HTML of Markdown or plain text with LaTeX; single line breaks are kept."""
    tokens = READER.parse(text.replace("\x00", ""))
    for token in tokens:
        disarm(token)
        for child in token.children or []:
            disarm(child)
    html = READER.renderer.render(tokens, READER.options, {})
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=formulas.keep_attribute,
        allowed_classes=CLASSES,
        link_rel=None,
    )


def disarm(token: Token) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = "p"
        if token.nesting == 1:
            token.attrs = {"class": "answer__heading"}
    elif token.type == "image":
        token.type, token.tag, token.content, token.children = "text", "", f"[{token.content}]", None
    elif token.type in ("link_open", "link_close"):
        token.tag = "span"
        token.attrs = {"class": "answer__link"} if token.nesting == 1 else {}
