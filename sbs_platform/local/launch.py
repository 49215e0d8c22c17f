"""What `manage.py up` does, step by step, once it holds the lock of its var folder."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from sbs_platform.local.children import Child, ChildDied
from sbs_platform.local.leftovers import end_leftovers
from sbs_platform.local.lock import Lock
from sbs_platform.local.places import database_dir
from sbs_platform.local.postgres import end_old_server
from sbs_platform.local.supervisor import Supervisor
from sbs_platform.setup.messages import compile_messages

DEFAULT_PORT = 8000


def run_site(site: Supervisor, lock: Lock, *, demo: bool) -> None:
    """Until something ends it: ChildDied, TimeoutError, or what a signal raises."""
    end_leftovers(site.var)
    start(site, int(os.environ.get("PORT") or DEFAULT_PORT))
    lock.say(site.address)
    if demo:
        load_demo(site)
    else:
        site.steps.say(banner(site))
    site.watch()


def run_check(site: Supervisor, lock: Lock, out: Path) -> int:
    """The whole path in an empty var folder, on any free port; returns the exit code of the walk."""
    end_leftovers(site.var)
    end_old_server(database_dir(site.var))
    for path in site.var.iterdir():
        if path.name != Path(lock.file.name).name:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    start(site, 0)
    lock.say(site.address)
    code = site.finish(site.start_command("demo_check", "--address", site.address, "--out", str(out)))
    site.steps.say(f"✓ Everything works; the results are in {out}" if code == 0 else f"✗ Failed; see {site.log('*')}")
    return code


def start(site: Supervisor, port: int) -> None:
    site.start_servers()
    with site.steps.step("Preparing tables"):
        connections["default"].ensure_connection()
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
    with site.steps.step("Preparing pages"):
        compile_messages(settings.BASE_DIR / "locale")
        call_command("collectstatic", interactive=False, verbosity=0)
    site.start_site(port)


def load_demo(site: Supervisor) -> None:
    """Show the address as soon as somebody can sign in; what takes longer goes on beside the running site."""
    first = not sign_in_file(site).exists()
    if not first:
        site.steps.say(banner(site))
    loading = site.start_command("demo")
    if site.finish(loading) != 0:
        if first:
            raise ChildDied(failure(loading))
        return site.steps.say(f"✗ {failure(loading)}; the site goes on")
    if first:
        site.steps.say(banner(site))
    judging = site.start_command("demo_judge", "--address", site.address)
    if site.finish(judging) != 0:
        return site.steps.say(f"✗ {failure(judging)}; the site goes on")
    return site.steps.say("✓ The demo is complete")


def failure(command: Child) -> str:
    return f"{command.name} has failed (exit code {command.exit_code}), its reason is above"


def sign_in_file(site: Supervisor) -> Path:
    return site.var / "sign-in.txt"


def banner(site: Supervisor) -> str:
    path = sign_in_file(site)
    people = path.read_text().splitlines() if path.exists() else []
    lines = ["", f"  SBS Platform: {site.address}", "", *(f"    {line}" for line in people)]
    kept = f"Sign-ins are kept in {path}, logs" if people else "Logs"
    return "\n".join([*lines, "", f"  {kept} in {site.var / 'log'}. Ctrl-C stops everything.", ""])
