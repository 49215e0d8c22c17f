"""Take pairs in as soon as both sides are answered: scan them for leaks, lay out places for those without."""

import logging
from collections.abc import Sequence

from celery import current_app
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now

from apps.assessment.domain.leaks import LEXICON_VERSION, Secrets, Span, own_names, own_prompts, scan_answer
from apps.assessment.domain.order import order_key
from apps.assessment.domain.sides import draw_sides, pair_up
from apps.assessment.models import (
    Assignment,
    Comparison,
    ComparisonState,
    Evaluation,
    EvaluationState,
    LeakHit,
    LeakSide,
)
from apps.assessment.models.leaks import MATCHED_LETTERS
from apps.assessment.queries import ready_pairs
from apps.assessment.queries.checks import language_of
from apps.assessment.services.checking import stock_gold
from apps.generation.models import Answer

AT_ONCE, WHILE_WAITED = 100, 25  # pairs: in one transaction, and while somebody waits for the page
HINT_SECONDS = 60  # older messages are dropped: the beat sends one every 15 s
ROWS = 2000
logger = logging.getLogger(__name__)


def admit_all_pairs() -> int:
    """The beat's round over all open evaluations; returns how many pairs were taken in. One evaluation's trouble is
    logged and doesn't keep the others waiting."""
    admitted = 0
    for evaluation in Evaluation.objects.filter(state=EvaluationState.OPEN).with_news().order_by("pk"):
        try:
            while found := admit_pairs(evaluation=evaluation):
                admitted += found
        except Exception:
            logger.exception("The pairs of evaluation %s could not be taken in", evaluation.public_id)
    return admitted


def admit_news(evaluation: Evaluation) -> int:
    """For an assessor who found nothing: a few pairs, if any answer came since the last look."""
    if not Evaluation.objects.filter(pk=evaluation.pk).with_news().exists():
        return 0
    return admit_pairs(evaluation=evaluation, limit=WHILE_WAITED)


def admit_first(evaluation: Evaluation) -> int:
    """For whoever opens an evaluation: a few pairs at once, the rest by the job. A broker that is down is logged."""
    admitted = admit_pairs(evaluation=evaluation, limit=WHILE_WAITED)
    if admitted == WHILE_WAITED:
        transaction.on_commit(
            lambda: current_app.send_task("assessment.admit", expires=HINT_SECONDS, retry_policy={"max_retries": 1}),
            robust=True,
        )
    return admitted


@transaction.atomic
def admit_pairs(*, evaluation: Evaluation, limit: int = AT_ONCE) -> int:
    """Make comparisons of at most `limit` pairs that became ready; returns how many.

    Serialised on the evaluation's row and unique by task, so calling it twice, or at once, takes a pair in once.
    """
    locked = (
        Evaluation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("run_a__revision__pipeline", "run_b__revision__pipeline")
        .get(pk=evaluation.pk)
    )
    if not locked.is_open:
        return 0
    pairs = ready_pairs(locked, limit)
    if len(pairs) < limit:
        Evaluation.objects.filter(pk=locked.pk).update(looked_at=Now())
    if pairs:
        take_in(locked, pairs)
    return len(pairs)


def take_in(evaluation: Evaluation, pairs: Sequence[tuple[int, int]]) -> None:
    answers = Answer.objects.select_related("task").in_bulk([key for pair in pairs for key in pair])
    secrets = secrets_of(evaluation, list(answers.values()))
    found = {key: scan(answer, secrets) for key, answer in answers.items()}
    comparisons = Comparison.objects.bulk_create(
        Comparison(
            evaluation=evaluation,
            task=answers[a].task,
            answer_a=answers[a],
            answer_b=answers[b],
            state=ComparisonState.HELD if found[a] or found[b] else ComparisonState.RELEASED,
            scanned_with=LEXICON_VERSION,
        )
        for a, b in pairs
    )
    LeakHit.objects.bulk_create(
        (
            hit_of(comparison, side, span)
            for comparison in comparisons
            for side, answer in ((LeakSide.A, comparison.answer_a_id), (LeakSide.B, comparison.answer_b_id))
            for span in found[answer]
        ),
        batch_size=ROWS,
    )
    released = [item for item in comparisons if item.state == ComparisonState.RELEASED]
    lay_out_places(evaluation, released)
    stock_gold(evaluation, released)


def secrets_of(evaluation: Evaluation, answers: Sequence[Answer]) -> Secrets:
    """Of both revisions together: an answer that names the other pipeline tells as much."""
    revisions = [evaluation.run_a.revision, evaluation.run_b.revision]
    traces = [answer.trace for answer in answers]
    names = [own_names(revision.spec, revision.pipeline.name, traces) for revision in revisions]
    prompts = [prompt for revision in revisions for prompt in own_prompts(revision.spec)]
    return Secrets(frozenset().union(*names), tuple(dict.fromkeys(prompts)))


def scan(answer: Answer, secrets: Secrets) -> list[Span]:
    return scan_answer(answer.text or "", secrets, trace=answer.trace, instruction=answer.task.instruction)


def hit_of(comparison: Comparison, side: LeakSide, span: Span) -> LeakHit:
    matched = span.matched.replace("\x00", "")[:MATCHED_LETTERS]
    return LeakHit(comparison=comparison, side=side, start=span.start, end=span.end, kind=span.kind, matched=matched)


def lay_out_places(evaluation: Evaluation, comparisons: Sequence[Comparison]) -> None:
    """All places of comparisons just released; their tasks are loaded. The caller holds the evaluation's row, so the
    sides drawn before are known."""
    if not comparisons:
        return
    leans, drawn = drawn_before(evaluation)
    clusters = [comparison.task.cluster for comparison in comparisons]
    languages = [language_of(comparison.task) for comparison in comparisons]
    sides = draw_sides(clusters, evaluation.overlap, seed=evaluation.seed, leans=leans, drawn=drawn)
    leads = pair_up(languages, clusters, [places[0] for places in sides])
    Assignment.objects.bulk_create(
        (
            Assignment(
                evaluation=evaluation,
                comparison=comparison,
                replica=replica,
                order_key=order_key(comparisons[lead].task_id, replica, seed=evaluation.seed),
                language=language,
                a_on_left=a_on_left,
            )
            for comparison, lead, language, places in zip(comparisons, leads, languages, sides, strict=True)
            for replica, a_on_left in enumerate(places)
        ),
        batch_size=ROWS,
    )


def drawn_before(evaluation: Evaluation) -> tuple[dict[str, int], int]:
    """By cluster, how many more first places have A on the left than on the right; and how many there are in all."""
    first = (
        Assignment.objects.filter(evaluation=evaluation, replica=0, is_check=False)
        .order_by()
        .values("comparison__task__cluster")
    )
    rows = list(first.annotate(all=Count("pk"), left=Count("pk", filter=Q(a_on_left=True))))
    leans = {row["comparison__task__cluster"]: 2 * row["left"] - row["all"] for row in rows}
    return leans, sum(row["all"] for row in rows)
