import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from sbs_platform.local.children import ChildDied
from sbs_platform.local.launch import run_check, run_site
from sbs_platform.local.lock import AlreadyRunning, Lock, hold, read_holder
from sbs_platform.local.steps import Steps
from sbs_platform.local.supervisor import Supervisor

LOCK = "up.lock"
CHECK_OUT = "SBS_CHECK_OUT"  # set by `--check` for the run that it hands over to: where the results go


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page, which the web process does anyway
    help = "Start the whole site: database, broker, web, worker and beat; load the demo. Ctrl-C stops all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="load nothing")
        parser.add_argument("--check", action="store_true", help="walk the demo in a database of its own, then stop")
        parser.add_argument("--stop", action="store_true", help="stop the site that is running")

    def handle(self, *args: Any, **options: Any) -> None:
        var: Path = settings.VAR_DIR
        if options["stop"]:
            self.stdout.write(ask_to_stop(var / LOCK))
        elif options["check"] and CHECK_OUT not in os.environ:
            hand_over_to_check(var / "check")
        else:
            sys.exit(supervise(var, demo=not options["no_demo"]))


def supervise(var: Path, *, demo: bool) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    site = Supervisor(var, Steps())
    try:
        with hold(var / LOCK) as lock:
            return run_and_stop(site, lock, demo=demo)
    except AlreadyRunning as error:
        raise CommandError(f"{var}: {error}. End it with Ctrl-C there or with `make stop` here.") from None
    except OperationalError as error:
        raise CommandError(f"The database does not answer: {error}") from error
    except (ChildDied, TimeoutError, OSError, RuntimeError) as error:
        raise CommandError(str(error)) from error


def run_and_stop(site: Supervisor, lock: Lock, *, demo: bool) -> int:
    out = os.environ.get(CHECK_OUT)
    try:
        if out:
            return run_check(site, lock, Path(out))
        run_site(site, lock, demo=demo)
    except KeyboardInterrupt as asked:
        site.steps.say(f"\n· Asked to stop by {asked.args[0] if asked.args else 'Ctrl-C'}")
        return 130 if out else 0
    finally:
        site.stop()
    return 0


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)


def ask_to_stop(path: Path) -> str:
    try:
        with hold(path):
            return "Nothing is running."
    except AlreadyRunning as error:
        holder = error.holder or read_holder(path)
        if holder is None:
            raise CommandError(f"{path} is locked by a process that has not said its number") from None
        os.kill(holder.pid, signal.SIGTERM)
        return f"Asked process {holder.pid} to stop."


def hand_over_to_check(out: Path) -> NoReturn:
    """The same command in a var folder of its own: settings are read once, so another process has to read them."""
    ours = ("DATABASE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT")
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {"VAR_DIR": str(out), CHECK_OUT: str(out), "MODEL_DIR": str(settings.MODEL_DIR)}
    os.execve(sys.executable, [sys.executable, *sys.argv], env)  # noqa: S606 (our own command line)
