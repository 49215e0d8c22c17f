"""The site's own processes: web, worker and beat, and how to tell that they are ready."""

import contextlib
import http.client
import signal
import socket
import sys
import uuid
from pathlib import Path

from sbs_platform.local.children import Child

HOST = "127.0.0.1"
PORTS_TO_TRY = 100
QUIET_THREADS = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}  # spinning threads slow a shared machine sixfold
NO_PAGES = {"CELERY_SKIP_CHECKS": "1"}  # Django's checks load every page, and Celery ignores what they find


def listen(port: int) -> socket.socket:
    """The first free port from `port` on (0: any), held from now on, so that nobody else can take it meanwhile."""
    for candidate in range(port, port + (PORTS_TO_TRY if port else 1)):
        with contextlib.suppress(OSError):
            return socket.create_server((HOST, candidate), backlog=256)
    raise OSError(f"no free port between {port} and {port + PORTS_TO_TRY}; set PORT")


def start_web(listener: socket.socket, log: Path, env: dict[str, str]) -> Child:
    listener.set_inheritable(True)
    words = ["--bind", f"fd://{listener.fileno()}", "--workers", "2", "--threads", "8", "--graceful-timeout", "5"]
    words += [
        "--preload",
        "--timeout",
        "120",
        "--worker-tmp-dir",
        str(log.parent),
        "--access-logfile",
        "-",
        "--no-control-socket",
    ]
    return Child(
        "web",
        [sys.executable, "-m", "gunicorn", "sbs_platform.wsgi", *words],
        log=log,
        env=env,
        pass_fds=[listener.fileno()],
    )


def web_answers(address: str) -> bool:
    """Whether the start page comes back, or sends elsewhere; an error of the server is no answer."""
    host = address.removeprefix("http://")
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(host, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            return connection.getresponse().status < 500
    return False


def start_worker(log: Path, env: dict[str, str]) -> tuple[Child, str]:
    """The child and the name it answers to."""
    name = f"local-{uuid.uuid4().hex[:8]}@{socket.gethostname()}"
    command = [sys.executable, "-m", "celery", "-A", "sbs_platform", "worker", "--hostname", name]
    command += ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    env = {**QUIET_THREADS, **NO_PAGES, **env}
    return Child("worker", command, log=log, env=env, death_signal=signal.SIGKILL), name


def worker_answers(name: str) -> bool:
    from kombu.exceptions import OperationalError

    from sbs_platform.celery import app

    with contextlib.suppress(OSError, OperationalError):
        return bool(app.control.ping(destination=[name], timeout=0.5))
    return False


def start_beat(var: Path, log: Path, env: dict[str, str]) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "sbs_platform", "beat", "--pidfile", ""]
    command += ["--schedule", str(var / "beat-schedule"), "--loglevel", "INFO"]
    return Child("beat", command, log=log, env={**NO_PAGES, **env}, death_signal=signal.SIGKILL)


def start_command(words: list[str], env: dict[str, str]) -> Child:
    """A management command that speaks to the terminal itself."""
    command = [sys.executable, str(Path(__file__).parents[2] / "manage.py"), *words]
    return Child(f"manage.py {words[0]}", command, log=None, env=env)
