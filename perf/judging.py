"""How long does an assessor wait for the next comparison? Measured in Chromium, from the press of Enter to the paint.

A PostgreSQL and a gunicorn of this script's own; two answers of about 1.3 kB with a list, a table, code and a formula,
and a photograph of 1024 × 768. The time runs from the key's own time stamp until the frame with the new comparison is
painted (Event Timing, to 8 ms) and its picture in it (Element Timing), whichever is later.
Run: `python -m perf.judging [--submits 60]`; it takes about 90 s, and the table goes to `perf/results.md`.
"""

from __future__ import annotations

import argparse
import io
import os
import socket
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from perf.table import write_section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation

LIMIT_MS = 100
LOOKING_MS = 1000  # between two submits; a person takes longer, and meanwhile the next comparison is made ready
ANSWER = (
    "## What is on the table\n\nThe picture shows **{number} plates** on a wooden table, seen from above.\n\n"
    + "\n".join(f"{n}. Plate {n} is round; beside it lie a knife, a fork and a folded napkin." for n in range(1, 9))
    + "\n\n| plate | colour | area |\n|---|---|---|\n| 1 | red | $\\pi r^2$ |\n| 2 | blue | $4$ |\n\n"
    "```python\nfor plate in plates:\n    print(plate.colour)\n```\n\n$$\\sum_{{i=1}}^{{n}} x_i^2$$\n\n"
    "> So the answer is {number}, unless the cup counts as a plate. " * 3
)
WATCH = """
window.waits = [];
let pressed, painted = {};
document.addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = event.timeStamp; }, true);
const note = (what, when) => {
  painted[what] = when - pressed;
  if (!("frame" in painted && "picture" in painted)) return;
  window.waits.push(Math.max(painted.frame, painted.picture));
  painted = {};
};
new PerformanceObserver((list) => {
  const entry = list.getEntries().find(({ startTime }) => startTime === pressed);
  if (entry) note("frame", entry.startTime + entry.duration);
}).observe({ type: "event", durationThreshold: 16 });
new PerformanceObserver((list) => {
  for (const { renderTime } of list.getEntries()) if (renderTime > pressed) note("picture", renderTime);
}).observe({ type: "element" });
addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
  const [sheet] = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.id === "sheet");
  if (pressed) sheet?.querySelector("img").setAttribute("elementtiming", "picture");
}).observe(document.querySelector("main"), { childList: true }));
"""
SENT = """() => performance.getEntriesByType("resource").filter((entry) => entry.name === location.href)
  .map(({ requestStart, responseEnd, encodedBodySize }) => [responseEnd - requestStart, encodedBodySize])"""
JUDGE = """() => {
  for (const value of ["tie", "same", "none"]) {
    for (const one of document.querySelectorAll(`#judge-form input[type=radio][value=${value}]`)) one.click();
  }
}"""


def photograph() -> bytes:
    from PIL import Image

    small = Image.fromarray(np.random.default_rng(1).integers(0, 255, (48, 64, 3), dtype=np.uint8))
    buffer = io.BytesIO()
    small.resize((1024, 768), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def prepare(submits: int) -> tuple[User, Evaluation]:
    from apps.accounts.tests.makers import make_user
    from apps.assessment.tests.makers import make_evaluation
    from apps.buckets.models import Image
    from apps.generation.models import Answer

    researcher = make_user("researcher@example.org", role="researcher")
    assessor = make_user("assessor@example.org", role="assessor")
    evaluation = make_evaluation(researcher, assessors=[assessor], tasks=submits + 5, images=1, overlap=1)
    for run, number in ((evaluation.run_a, "three"), (evaluation.run_b, "four")):
        for answer in Answer.objects.filter(run=run):  # each another text, so that none was rendered before
            answer.text = ANSWER.format(number=f"{number} of {answer.task_id}")
            answer.save()
    for image in Image.objects.all():
        Path(image.file.path).write_bytes(photograph())  # browsers look at the bytes, not at the type they were told
    return assessor, evaluation


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[str]:
    from sbs_platform.local.children import stop_children
    from sbs_platform.local.site import start_web, web_answers

    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = start_web(listener, log, environment)
    try:
        while not web_answers(address):
            server.check()
            time.sleep(0.1)
        yield address
    finally:
        stop_children([server], 5)
        listener.close()


def judge(page: Page, submits: int) -> tuple[list[float], list[list[float]]]:
    """From Enter to the paint, ms, of each submit; of each answer: ms until it had come, bytes."""
    for done in range(submits):
        page.wait_for_timeout(LOOKING_MS)
        page.evaluate(JUDGE)
        page.keyboard.press("Enter")
        page.wait_for_function("done => window.waits.length > done", arg=done)
    page.wait_for_timeout(LOOKING_MS)
    return page.evaluate("window.waits")[5:], page.evaluate(SENT)[5:]  # the first ones warm the server up


def sign_in(user: User) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def open_page(chromium: Any, address: str, cookie: dict[str, str], evaluation: Evaluation) -> Page:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{**cookie, "url": address}])
    context.add_init_script(WATCH)
    page: Page = context.new_page()
    page.goto(f"{address}/evaluations/judge/{evaluation.public_id}/", wait_until="networkidle")
    return page


def measure(submits: int) -> tuple[list[float], list[list[float]]]:
    from playwright.sync_api import sync_playwright

    from sbs_platform.setup.system import find_chromium
    from tests.own_servers import OwnServers, own_servers

    OwnServers.database_options = {}  # commits reach the disk, as on a site
    with own_servers() as servers:
        user, evaluation = prepare(submits)
        cookie = sign_in(user)  # Playwright's loop has no part in our connection
        with served(servers.environment, servers.folder / "web.log") as address, sync_playwright() as play:
            args = ["--no-sandbox", "--disable-gpu"] if os.geteuid() == 0 else ["--disable-gpu"]
            chromium = play.chromium.launch(executable_path=str(find_chromium()), args=args)
            return judge(open_page(chromium, address, cookie, evaluation), submits)


def row(name: str, values: np.ndarray, unit: str) -> list[str]:
    return [name, *(f"{np.percentile(values, share):.0f} {unit}" for share in (50, 95, 100))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submits", type=int, default=60)
    submits = parser.parse_args().submits
    folder = tempfile.mkdtemp(prefix="judging-")
    settled = {"VAR_DIR": folder, "MEDIA_ROOT": f"{folder}/media", "SECRET_KEY": "perf-only", "HTTPS": "0"}
    settled |= {"DJANGO_SETTINGS_MODULE": "sbs_platform.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    os.environ.update(settled)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    load = os.getloadavg()[0]
    waits, answers = (np.array(values) for values in measure(submits))
    rows = [
        row("from Enter to the next comparison on the screen, its picture decoded", waits, "ms"),
        row("until the server has said that the judgment is saved", answers[:, 0], "ms"),
        row("size of that answer", answers[:, 1] / 1000, "kB"),
    ]
    kept = "kept" if np.percentile(waits, 95) <= LIMIT_MS else "missed"
    note = f"`python -m perf.judging --submits {submits}`: loopback, the product’s web server, PostgreSQL, Chromium"
    note += f" without a window at 1440 × 900; load {load:.1f} before the start."
    note += f" The limit of {LIMIT_MS} ms (95 % of submits) was {kept}."
    write_section("Waiting for the next comparison", note, ["what", "median", "95 %", "worst"], rows)


if __name__ == "__main__":
    main()
