from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.models import Decision, LeakHit
from apps.assessment.services import admit_pairs, decide_leaks
from apps.assessment.tests.makers import answer_tasks, make_evaluation, make_judgment
from apps.audit.models import AuditEvent
from apps.reports import wording
from apps.reports.domain.numbers import Pairs
from apps.reports.models import Report
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation

if TYPE_CHECKING:
    from conftest import Cast

pytestmark = pytest.mark.slow


def test_a_report_holds_the_judgments_and_what_was_compared(cast: Cast) -> None:
    evaluation = make_judged_evaluation(cast.researcher)
    numbers = freeze_report(actor=cast.researcher, evaluation=evaluation).content
    assert (numbers.counts.judgments, numbers.counts.tasks, numbers.counts.assessors) == (8, 4, 2)
    assert numbers.overall.counts == {"a_much": 0, "a": 2, "tie": 2, "both_bad": 2, "b": 2, "b_much": 0}
    assert numbers.facts.a.pipeline == evaluation.run_a.revision.pipeline.name
    assert numbers.facts.bucket_sha256 == evaluation.bucket.sha256
    assert [criterion.key for criterion in numbers.criteria] == list(evaluation.criteria.values_list("key", flat=True))
    assert numbers.counts.simulated_judgments == 0


def test_choices_about_leaks_and_pairs_to_come_are_frozen(cast: Cast) -> None:
    says = {"t0": "I am Qwen. <|im_end|>", "t1": "Ask Qwen"}
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=6, going=True, lost=["t5"], says=says
    )
    answer_tasks(evaluation, "t0", "t1", "t2")
    admit_pairs(evaluation=evaluation)
    for kind, key, choice in (("token", "t0", Decision.EXCLUDE), ("name", "t1", Decision.MASK)):
        hits = LeakHit.objects.filter(kind=kind, comparison__task__key=key)
        decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=choice, now=timezone.now())
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)
    facts = report.content.facts
    assert facts.pairs == Pairs(tasks=6, released=2, held=0, excluded=1, failed=1, to_come=2)
    assert facts.leaks is not None
    assert (facts.leaks.scanned, facts.leaks.comparisons_masked, facts.comparisons) == (3, 1, 2)
    assert {kind.kind: (kind.masked, kind.excluded, kind.undecided) for kind in facts.leaks.kinds if kind.found} == {
        "name": (1, 0, 1),
        "token": (0, 1, 0),
    }
    assert "2 more pairs may still join" in wording.interim(report.content, 1)


def test_stored_numbers_keep_their_hash(cast: Cast) -> None:
    report = freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher))
    assert Report.objects.get(pk=report.pk).is_intact


def test_freezing_twice_gives_the_same_bytes_and_later_judgments_change_nothing(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    make_judgment(evaluation, assessor=cast.assessor)
    first, second = (freeze_report(actor=cast.researcher, evaluation=evaluation) for _ in range(2))
    make_judgment(evaluation, assessor=cast.assessor)
    third = freeze_report(actor=cast.researcher, evaluation=evaluation)
    assert first.sha256 == second.sha256 != third.sha256
    assert Report.objects.get(pk=first.pk).content.counts.judgments == 1
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert {(report.pk, report.number) for report in Report.objects.numbered()} == {
        (first.pk, 1),
        (second.pk, 2),
        (third.pk, 3),
    }


@pytest.mark.parametrize("change", ["UPDATE reports_report SET code_version = 'x'", "DELETE FROM reports_report"])
def test_the_database_refuses_to_change_a_report(cast: Cast, change: str) -> None:
    freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher, tasks=1))
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_freezing_is_recorded(cast: Cast) -> None:
    report = freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher, tasks=1))
    event = AuditEvent.objects.get(verb="report.frozen")
    assert (event.actor, event.target_id) == (cast.researcher, str(report.public_id))
    assert event.facts["sha256"] == report.sha256


def test_an_evaluation_nobody_judged_gives_a_report(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    assert freeze_report(actor=cast.researcher, evaluation=evaluation).content.verdict.reading == "empty"


@pytest.mark.django_db(transaction=True)
def test_a_report_is_read_as_of_one_moment() -> None:
    researcher = make_user("r@example.org", role="researcher")
    evaluation = make_evaluation(researcher, assessors=[make_user("a@example.org")])
    seen: list[str] = []

    def watch(execute: object, sql: str, *rest: object) -> object:
        if not seen and sql.startswith("SET TRANSACTION"):
            seen.append(sql)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(watch):
        freeze_report(actor=researcher, evaluation=evaluation)
    assert seen == ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"]
