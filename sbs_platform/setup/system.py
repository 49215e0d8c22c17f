"""Programs that are no Python packages: tesseract for the product, Chromium for its tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CYRILLIC = "fonts-dejavu-core"
APT_OPTIONS = ("DPkg::Lock::Timeout=120", "Dpkg::Use-Pty=0", "Acquire::http::Timeout=20", "Acquire::Retries=1")
NO_CHROMIUM = (
    "Chromium is missing, and the browser tests do not run without it. Install it (Debian, Ubuntu: apt-get install "
    "chromium; else .venv/bin/playwright install chromium), or set CHROMIUM to its path."
)


class Missing(Exception):
    """A program that can't be done without; the message says how to get it."""


def provide_tesseract() -> None:
    """Install tesseract where apt can; where not, say what happens without it. Never fails."""
    if has_tesseract():
        return
    if can_apt() and apt("tesseract-ocr", "tesseract-ocr-rus") and has_tesseract():
        return
    say("tesseract with Russian is not installed: pictures are read by rapidocr instead, which reads English only")


def has_tesseract() -> bool:
    if shutil.which("tesseract") is None:
        return False
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    return {"eng", "rus"} <= set(done.stdout.split())


def find_chromium() -> Path | None:
    """`$CHROMIUM`, one on the path, or the one that Playwright installed."""
    given = os.environ.get("CHROMIUM")
    if given:
        return Path(given) if os.access(given, os.X_OK) else None
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return Path(found) if found else playwrights_own()


def playwrights_own() -> Path | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def provide_chromium() -> Path:
    """Find it or install it. Raises Missing."""
    found = find_chromium()
    if found is None and not os.environ.get("CHROMIUM"):
        if can_apt():
            apt("chromium", CYRILLIC)
        else:
            say("Installing Chromium through Playwright")
            subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = find_chromium()
    if found is None:
        raise Missing(NO_CHROMIUM)
    return found


def can_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt(*packages: str) -> bool:
    """Whether they are installed now."""
    say(f"Installing {', '.join(packages)} through apt")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt_get = ["apt-get", "-qq", *(word for option in APT_OPTIONS for word in ("-o", option))]
    words = [*apt_get, "install", "-y", "--no-install-recommends", *packages]
    if subprocess.run(words, env=env, check=False).returncode == 0:
        return True
    subprocess.run([*apt_get, "update"], env=env, check=False)  # the lists may be absent or old
    return subprocess.run(words, env=env, check=False).returncode == 0


def say(text: str) -> None:
    print(f"· {text}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["tesseract"]:
        provide_tesseract()
    else:
        try:
            say(f"Chromium: {provide_chromium()}")
        except Missing as missing:
            sys.exit(f"✗ {missing}")
