"""Where the embedded PostgreSQL and Valkey live below the var folder, and the key that signs its cookies."""

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

LONGEST_SOCKET_PATH = 103  # bytes: macOS allows 103, Linux 107
LONGEST_SOCKET_NAME = "pg/.s.PGSQL.5432"


def socket_dir(var: Path) -> Path:
    """`var` itself, or a short folder below /tmp when a socket's path in `var` would be too long or need quoting."""
    longest = os.fsencode(var / LONGEST_SOCKET_NAME)
    if len(longest) <= LONGEST_SOCKET_PATH and re.fullmatch(rb"[\w./+-]+", longest):
        return var
    return Path("/tmp") / f"sbs-{hashlib.sha256(os.fsencode(var)).hexdigest()[:16]}"  # noqa: S108 (owner is checked)


def make_socket_dir(var: Path) -> Path:
    """The folder of the sockets, made if need be. Raises PermissionError when somebody else made it first."""
    folder = socket_dir(var)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder != var and (folder.is_symlink() or folder.stat().st_uid != os.geteuid()):
        raise PermissionError(f"{folder} belongs to somebody else; remove it, or set VAR_DIR to a shorter path")
    return folder


def database_dir(var: Path) -> Path:
    return var / "pg"


def database_url(var: Path, name: str = "sbs") -> str:
    return f"postgresql://postgres@/{name}?host={socket_dir(var) / 'pg'}"


def broker_socket(var: Path) -> Path:
    return socket_dir(var) / "valkey.sock"


def broker_url(var: Path, database: int = 0) -> str:
    return f"redis+socket://{broker_socket(var)}?virtual_host={database}"


def secret_key(var: Path) -> str:
    """The key kept in `var/secret_key`, made on first use and readable by its owner only."""
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = var / f".secret_key.{os.getpid()}"
        draft.touch(0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
