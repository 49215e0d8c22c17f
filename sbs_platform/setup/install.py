"""`make` runs this with the system's Python: .venv and its packages.

A folder that is complete is recognised by the hash of the requirement files, so that a second run does nothing. The
standard library only, and nothing newer than Python 3.7 until the version is checked.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
PRODUCT, DATA, TESTS = "requirements.txt", "requirements-data.txt", "requirements-dev.txt"
CONSTRAINTS = "constraints.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tests", action="store_true", help="what the tests need, too")
    tests = parser.parse_args().tests
    if sys.version_info < OLDEST:
        needed = "{}.{}".format(*OLDEST)
        fail(
            f"Python {needed} or newer is needed, this is {sys.version.split()[0]}", "name it: make … PYTHON=python3.12"
        )
    install([PRODUCT])
    if tests:
        install([PRODUCT, TESTS])


def install(files: list[str]) -> None:
    stamp = VENV / f"complete-{Path(files[-1]).stem}"
    wanted = fingerprint([*files, DATA, CONSTRAINTS])
    if stamp.exists() and stamp.read_text() == wanted and works(PYTHON):
        return
    make_venv()
    say(f"Installing {files[-1]}; the first time takes some minutes")
    pip(*(word for name in files for word in ("-r", name)), "-c", CONSTRAINTS)
    pip("--no-deps", "-r", DATA)
    stamp.write_text(wanted)


def make_venv() -> None:
    if works(PYTHON):
        return
    say(f"Making {VENV} with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401  (Debian ships Python without it)
        import venv
    except ImportError:
        version = "{}.{}".format(*sys.version_info)
        fail("this Python lacks venv or ensurepip", f"on Debian or Ubuntu: apt-get install python{version}-venv")
    venv.create(VENV, with_pip=True)


def works(python: Path) -> bool:
    """Whether that Python starts and has pip; a folder that was copied or whose Python was upgraded may not."""
    try:
        done = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def pip(*words: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "on", *words]
    if subprocess.run(command, cwd=str(ROOT), check=False).returncode != 0:
        fail("the packages could not be installed", "pip's reason is above; then run the same command again")


def fingerprint(names: list[str]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}".encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def fail(reason: str, remedy: str) -> None:
    sys.exit(f"✗ {reason[0].upper()}{reason[1:]}.\n  {remedy}")


if __name__ == "__main__":
    main()
