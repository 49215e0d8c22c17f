"""Read what model judges replied. Answers are the truth: losing or doubling a call is harmless."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from apps.assessment.domain.outcomes import outcomes
from apps.assessment.domain.verdicts import verdict_meant
from apps.assessment.models import Comparison
from apps.generation.models import Answer, AnswerState
from apps.judges.domain.combining import A_FIRST
from apps.judges.domain.keys import read_key
from apps.judges.domain.replies import read_reply
from apps.judges.models import AutomaticJudge, AutomaticJudgment, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.assessment.domain.criteria import CriterionSpec
    from apps.assessment.domain.outcomes import Outcome

AT_ONCE = 500
logger = logging.getLogger(__name__)


def collect_all() -> int:
    """The beat's round; returns how many replies were read. One judge's trouble is logged and stops no other."""
    read = 0
    for judge in AutomaticJudge.objects.with_news().select_related("evaluation").order_by("pk"):
        try:
            read += collect_replies(judge=judge)
        except Exception:
            logger.exception("The replies of judge %s could not be read", judge.public_id)
    return read


def collect_replies(*, judge: AutomaticJudge) -> int:
    """All finished answers become judgments; returns how many."""
    read = found = collect_some(judge)
    while found == AT_ONCE:
        read += (found := collect_some(judge))
    return read


@transaction.atomic
def collect_some(judge: AutomaticJudge) -> int:
    """Up to `AT_ONCE`; two at once take turns."""
    AutomaticJudge.objects.select_for_update(no_key=True).get(pk=judge.pk)
    began = AutomaticJudge.objects.filter(pk=judge.pk).values_list(Now(), flat=True)[0]
    answers = Answer.objects.filter(
        run__judge_run__judge=judge, state=AnswerState.DONE, automatic_judgment__isnull=True
    ).select_related("task")
    found = list(answers.defer("trace").order_by("pk")[:AT_ONCE])
    about = {answer.pk: read_key(answer.task.key) for answer in found}
    known = Comparison.objects.in_bulk([key for key, _order in about.values()], field_name="public_id")
    specs = [criterion.spec for criterion in judge.evaluation.criteria.all()]
    AutomaticJudgment.objects.bulk_create(
        judgment_of(judge, answer, known[about[answer.pk][0]], about[answer.pk][1], specs) for answer in found
    )
    if len(found) < AT_ONCE:
        AutomaticJudge.objects.filter(pk=judge.pk).update(looked_at=began)
    return len(found)


def judgment_of(
    judge: AutomaticJudge, answer: Answer, comparison: Comparison, order: str, specs: Sequence[CriterionSpec]
) -> AutomaticJudgment:
    judgment = AutomaticJudgment(
        judge=judge, comparison=comparison, order=order, answer=answer, reading=Reading.UNPARSED
    )
    judgment.judged_at = answer.finished_at or judge.created_at
    form = read_reply(answer.text or "", specs)
    if form is not None:
        a_first = order == A_FIRST
        judgment.reading = Reading.JUDGED
        judgment.verdict = verdict_meant(form.verdict, a_on_left=a_first)
        judgment.criteria = {key: meant(said, a_first) for key, said in outcomes(specs, form).items()}
    return judgment


def meant(said: Outcome, a_first: bool) -> dict[str, int | None]:
    """In terms of the pipelines."""
    preference = said.preference if a_first or said.preference is None else -said.preference
    a, b = (said.left, said.right) if a_first else (said.right, said.left)
    return {"preference": preference, "a": a, "b": b}
