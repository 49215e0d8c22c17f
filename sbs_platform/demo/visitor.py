"""A browser without a window: cookies, pages and their forms over plain HTTP, for programs that use the site."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener


class UnexpectedPage(Exception):
    """The site answered something else than the walk expects; the message says where and what."""


@dataclass
class Form:
    action: str
    values: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # radio groups and selects by name


@dataclass
class Page:
    url: str
    status: int
    body: bytes
    forms: list[Form] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)  # text of elements by the value of their data-part attribute

    def form_with(self, name: str) -> Form:
        for form in self.forms:
            if name in form.choices or name in form.values:
                return form
        raise UnexpectedPage(f"{self.url} has no form that asks for {name}")

    def form_to(self, ending: str) -> Form:
        for form in self.forms:
            if form.action.rstrip("/").endswith(ending.rstrip("/")):
                return form
        raise UnexpectedPage(f"{self.url} has no form that leads to …{ending}")


class Visitor:
    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Page:
        return self.open(Request(urljoin(self.address, path)))  # noqa: S310 (the address is our own server's)

    def submit(self, page: Page, form: Form, **values: str) -> Page:
        data = urlencode({**form.values, **values}).encode()
        return self.open(Request(urljoin(page.url, form.action), data, {"Referer": page.url}))  # noqa: S310

    def open(self, request: Request) -> Page:
        try:
            with self.opener.open(request, timeout=60) as response:
                return read_page(response.url, response.status, response.read())
        except HTTPError as error:
            raise UnexpectedPage(f"{request.get_method()} {request.full_url}: HTTP {error.code}") from error

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/accounts/sign-in/")
        answer = self.submit(page, page.form_to("/accounts/sign-in/"), email=email, password=password)
        if "/sign-in" in answer.url:
            raise UnexpectedPage(f"{email} can't sign in at {self.address}")


def read_page(url: str, status: int, body: bytes) -> Page:
    page = Page(url, status, body)
    if body.lstrip()[:1] == b"<":
        PageReader(page).feed(body.decode())
    return page


class PageReader(HTMLParser):
    """Collects forms with what a browser would send untouched, and the text of `data-part` elements."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.part, self.tag, self.depth = "", "", 0
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.page.forms.append(Form(action=given.get("action", "") or self.page.url))
        elif tag in ("input", "option", "select", "textarea", "button") and self.page.forms:
            self.read_control(tag, given, self.page.forms[-1])
        if self.part and tag == self.tag:
            self.depth += 1
        elif not self.part and "data-part" in given:
            self.part, self.tag, self.depth = given["data-part"], tag, 1
            self.page.parts[self.part] = ""

    def read_control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            form.choices.setdefault(self.select, []).append(value)
        elif kind in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(value)
            if "checked" in given:
                form.values[name] = value
        elif name and tag != "button":
            form.values[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if self.part and tag == self.tag:
            self.depth -= 1
            if self.depth == 0:
                self.part = ""

    def handle_data(self, data: str) -> None:
        if self.part:
            self.page.parts[self.part] += data
