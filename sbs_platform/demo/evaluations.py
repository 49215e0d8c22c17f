"""What follows the demo's runs: evaluations, the programs' judgments over HTTP, and a frozen report."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.utils import timezone

from apps.accounts.models import User
from apps.assessment.models import Decision, Evaluation, LeakHit
from apps.assessment.services import admit_pairs, close_evaluation, decide_leaks, open_evaluation
from apps.generation.models import Run
from apps.reports.models import Report
from apps.reports.services import freeze_report
from sbs_platform.demo.content import SEED
from sbs_platform.demo.people import People, load_simulated
from sbs_platform.demo.simulated import judge
from sbs_platform.demo.visitor import UnexpectedPage, Visitor

THREADS, END = 2, object()
SIMULATED, YOURS = "Demo, judged by programs", "Demo, yours to judge"
GUIDELINES = """Judge as the person who asked: which answer would you rather have got?

Look at the picture first, then read both answers to the end. Form decides only where content does not.
An invented fact is worse than a missing one. When both answers are useless, say so: *both bad*."""


def load_evaluation(
    owner: User, name: str, runs: tuple[Run, Run], *, overlap: int, assessors: list[User]
) -> Evaluation:
    existing = Evaluation.objects.filter(name=name, run_a=runs[0], run_b=runs[1]).first()
    return existing or open_evaluation(
        actor=owner,
        name=name,
        run_a=runs[0],
        run_b=runs[1],
        overlap=overlap,
        guidelines=GUIDELINES,
        assessors=assessors,
        seed=SEED,
    )


def load_own_evaluation(people: People, runs: tuple[Run, Run]) -> Evaluation:
    """The one for the demo's person: each pair joins as soon as both runs have answered its task."""
    return load_evaluation(people.researcher, YOURS, runs, overlap=1, assessors=[people.assessor])


def load_simulated_evaluation(people: People, runs: tuple[Run, Run]) -> tuple[Evaluation, list[tuple[User, str]]]:
    """The one for the programs, with their fresh passwords."""
    programs = load_simulated()
    users = [user for user, _ in programs]
    return load_evaluation(people.researcher, SIMULATED, runs, overlap=3, assessors=users), programs


def mask_leaks(researcher: User, evaluation: Evaluation) -> int:
    """Mask what may unblind, as a careful researcher would, so that no pair waits; returns how many places."""
    while admit_pairs(evaluation=evaluation):
        pass
    hits = LeakHit.objects.of(evaluation).open()
    decided = decide_leaks(actor=researcher, evaluation=evaluation, hits=hits, choice=Decision.MASK, now=timezone.now())
    return decided.hits


def judge_all(
    address: str, evaluation: Evaluation, programs: list[tuple[User, str]], *, judged: Callable[[], None]
) -> None:
    """The programs sign in and judge until nothing is left; those of a thread take turns. Raises UnexpectedPage."""
    path = f"/evaluations/judge/{evaluation.public_id}/"
    at_work = [
        judge_comparisons(address, path, user.email, password, assessor=number)
        for number, (user, password) in enumerate(programs)
    ]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        list(pool.map(lambda share: take_turns(share, judged), (at_work[start::THREADS] for start in range(THREADS))))


def take_turns(programs: list[Iterator[None]], judged: Callable[[], None]) -> None:
    """One comparison each, round and round, so that the work is spread evenly."""
    while programs:
        for program in list(programs):
            if next(program, END) is END:
                programs.remove(program)
            else:
                judged()


def judge_comparisons(address: str, path: str, email: str, password: str, *, assessor: int) -> Iterator[None]:
    visitor = Visitor(address)
    visitor.sign_in(email, password)
    page = visitor.get(path)
    while "answer-1" in page.parts:
        form = page.form_with("verdict")
        values = judge(page, assessor=assessor)
        refused = {name for name, value in values.items() if value not in form.choices.get(name, [])}
        if refused:
            raise UnexpectedPage(f"{page.url} does not offer the expected choices for {', '.join(sorted(refused))}")
        page = visitor.submit(page, form, **values, contradiction="kept")
        yield


def load_report(researcher: User, evaluation: Evaluation) -> Report:
    """The report of the closed evaluation: one frozen while it is open would call itself interim."""
    if evaluation.is_open:
        close_evaluation(actor=researcher, evaluation=evaluation)
    return evaluation.reports.order_by("created_at").first() or freeze_report(actor=researcher, evaluation=evaluation)
