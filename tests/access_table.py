"""Reads `expected_access.toml` and every named page of the project."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

ROLES = ("anonymous", "assessor", "researcher", "outsider", "admin")
TABLE = tomllib.loads(Path(__file__).with_name("expected_access.toml").read_text())
ADMIN_ACTIONS = ("changelist", "add", "change", "history", "delete")
ROWS = [(method, name) for method in ("GET", "POST") for name in TABLE[method]]


def named_pages() -> set[str]:
    """`room:page` for every address; one without a name comes as `room:None`. `admin_pages` has the admin site's."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], room: str) -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield f"{room}:{entry.name}"
        elif entry.namespace != "admin":
            yield from _names(entry.url_patterns, entry.namespace or room)


def admin_pages() -> set[str]:
    """Names of the admin site's addresses; its catch-all, which has none, is left out."""
    return {name.removeprefix(":") for name in _names(admin.site.urls[0], "")} - {"None"}


def admin_rows() -> dict[str, dict[str, str]]:
    """What each role gets, by page; a model's row stands for its five pages."""
    table = TABLE["ADMIN_SITE"]
    rows = {page: dict(zip(ROLES, statuses.split(), strict=True)) for page, statuses in table["pages"].items()}
    for model, statuses in table["models"].items():
        for action, status in zip(ADMIN_ACTIONS, statuses.split(), strict=True):
            rows[f"{model}_{action}"] = dict.fromkeys(ROLES, "302") | {"admin": status}
    return rows


def expected(method: str, name: str) -> dict[str, str]:
    return dict(zip(ROLES, TABLE[method][name].split(), strict=True))


def parts_of(name: str) -> dict[str, str]:
    """What stands for the parts of the page's address: as listed for the page, else for its room."""
    objects: dict[str, dict[str, str]] = TABLE["objects"]
    return objects.get(name, objects.get(name.partition(":")[0], {}))
