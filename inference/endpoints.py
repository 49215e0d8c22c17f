"""Servers that pipelines may call: an allow-list in this process's environment, read in this one place.

A revision names an endpoint, never a URL or a variable; or whoever writes revisions could send secrets anywhere.
`MODEL_ENDPOINTS="vllm-a=https://gpu1:8000/v1,local=http://127.0.0.1:9000/v1"` lists model servers by name, and the key
of `vllm-a` is `MODEL_ENDPOINT_VLLM_A_KEY`. `SEARCH_ENDPOINTS` and `SEARCH_ENDPOINT_…_KEY` do the same for search.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from inference.errors import ModelUnavailable

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,39}$"
EXAMPLE = "vllm-a=https://gpu1:8000/v1"
Purpose = Literal["MODEL", "SEARCH"]


@dataclass(frozen=True)
class Endpoint:
    """`url` has no slash at its end; `key` is sent as a bearer token and is None where the server wants none."""

    name: str
    url: str
    key: str | None = field(default=None, repr=False)


def model_endpoint(name: str) -> Endpoint:
    """Raises ModelUnavailable when the name is not on this process's list, or the list can't be read."""
    return pick("MODEL", name)


def search_endpoint(name: str) -> Endpoint:
    """Raises ModelUnavailable when the name is not on this process's list, or the list can't be read."""
    return pick("SEARCH", name)


def pick(purpose: Purpose, name: str) -> Endpoint:
    listed = listed_urls(purpose)
    if name not in listed:
        raise ModelUnavailable(
            f"The endpoint {name} is not on this worker's list (known: {', '.join(listed) or 'none'}). Add it to the "
            f"worker's environment and restart it: {purpose}_ENDPOINTS={name}=https://…, and its key, if it has "
            f"one, as {key_variable(purpose, name)}."
        )
    return Endpoint(name, listed[name], os.environ.get(key_variable(purpose, name)) or None)


def key_variable(purpose: Purpose, name: str) -> str:
    """Names hold no underscore, so no two of them share a variable."""
    return f"{purpose}_ENDPOINT_{name.upper().replace('-', '_')}_KEY"


def listed_urls(purpose: Purpose) -> Mapping[str, str]:
    """URLs by name, as the environment lists them. Raises ModelUnavailable, naming the entry at fault."""
    variable = f"{purpose}_ENDPOINTS"
    listed: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in os.environ.get(variable, "").split(","))):
        name, _, url = (part.strip() for part in entry.partition("="))
        if not re.match(NAME_PATTERN, name) or name in listed:
            raise ModelUnavailable(
                f"{variable}: the name “{name}” is given twice or is not lower-case letters, digits and hyphens; "
                f"write entries as {EXAMPLE}, with commas between them."
            )
        listed[name] = plain_url(variable, name, url)
    return listed


def plain_url(variable: str, name: str, url: str) -> str:
    """The URL itself is not told on error: it may hold a password."""
    try:
        parts = urlsplit(url)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        port_is_sound = False
    if not port_is_sound or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ModelUnavailable(f"{variable}: the entry “{name}” has no http or https URL; write it as {EXAMPLE}.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ModelUnavailable(
            f"{variable}: the URL of “{name}” must have no user, password, query or fragment; a key goes into "
            f"{variable.removesuffix('S')}_{name.upper().replace('-', '_')}_KEY."
        )
    return url.rstrip("/")
