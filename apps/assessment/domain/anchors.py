"""The text of an answer as a browser has it, `textContent`; marks count characters (code points) in it."""

from html.parser import HTMLParser


class TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.opens_pre = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opens_pre = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.opens_pre = False

    def handle_data(self, data: str) -> None:
        # A browser leaves out the line break that directly follows <pre>.
        self.parts.append(data.removeprefix("\n") if self.opens_pre else data)
        self.opens_pre = False


def shown_text(html: str) -> str:
    """Of HTML that the platform made, so well-formed: tags left out, entities resolved, nothing else changed."""
    reader = TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)
