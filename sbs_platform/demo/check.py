"""Walks the site as the demo's three people do, after the report is frozen, and writes its exports."""

from collections.abc import Iterator
from pathlib import Path

from apps.assessment.models import Evaluation
from apps.benchmarks.models import BenchmarkRun
from apps.benchmarks.queries import overall
from apps.generation.models import Run
from apps.generation.queries import run_progress
from apps.reports.models import Report
from sbs_platform.demo.visitor import UnexpectedPage, Visitor

FORMATS = ("csv", "xlsx", "json", "pdf")
PAGES = {
    "admin": ["/admin/", "/accounts/people/"],
    "researcher": ["/", "/buckets/", "/pipelines/", "/runs/", "/evaluations/", "/benchmarks/", "/reports/"],
    "assessor": ["/evaluations/judge/"],
}


def sign_ins(var: Path) -> dict[str, tuple[str, str]]:
    """role → (e-mail, password), as the demo wrote them."""
    rows = [line.split() for line in (var / "sign-in.txt").read_text().splitlines()]
    return {role: (email, password) for role, email, password in rows}


def visit_pages(address: str, var: Path) -> Iterator[tuple[str, str]]:
    for role, (email, password) in sign_ins(var).items():
        visitor = Visitor(address)
        visitor.sign_in(email, password)
        for path in PAGES[role]:
            page = visitor.get(path)
            if "/sign-in" in page.url:
                raise UnexpectedPage(f"{role} is sent to the sign-in page by {path}")
        yield f"pages of the {role}", ", ".join(PAGES[role])


def write_exports(address: str, var: Path, report: Report, out: Path) -> Iterator[tuple[str, str]]:
    visitor = Visitor(address)
    visitor.sign_in(*sign_ins(var)["researcher"])
    for suffix in FORMATS:
        body = visitor.get(f"/reports/{report.public_id}/export/{suffix}/").body
        path = out / f"report.{suffix}"
        path.write_bytes(body)
        if len(body) < 200:
            raise UnexpectedPage(f"the {suffix} export has only {len(body)} bytes")
        yield f"report.{suffix}", f"{len(body):,} bytes"


def facts(runs: tuple[Run, ...], evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    yield "tasks", str(evaluation.bucket.tasks.count())
    for run in runs:
        state = run_progress(run)
        yield f"answers of {run.revision}", f"{state.done} done, {state.failed} failed of {state.total}"
    for scored in BenchmarkRun.objects.order_by("pk"):
        mean = overall(scored)
        yield f"right answers of {scored.run.revision}", f"{mean.percent:.1f} % of {mean.tasks}"
    places = evaluation.assignments
    yield "judgments", f"{places.filter(state='done').count()} of {places.count()}, all simulated"
