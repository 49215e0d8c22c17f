"""A model's card as HTML. It holds what recipes and data say, so it is hostile: no raw HTML, no picture, no link."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

READER = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink", "reference"])
HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h4"}  # below the title of the page


def card_html(readme: str) -> SafeString:
    tokens = READER.parse(readme)
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
    return mark_safe(str(READER.renderer.render(tokens, READER.options, {})))  # noqa: S308 (escaped by the renderer)
