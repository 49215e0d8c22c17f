"""Where the embedded PostgreSQL and Valkey live below the var folder, and the key that signs its cookies."""

import os
import secrets
from pathlib import Path


def database_url(var: Path) -> str:
    return f"postgresql://postgres@/sbs?host={var / 'pg'}"


def broker_url(var: Path) -> str:
    return f"redis+socket://{var / 'valkey.sock'}"


def secret_key(var: Path) -> str:
    """The key kept in `var/secret_key`, made on first use and readable by its owner only."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
