"""Start an automatic judge, and let it go on where comparisons have joined since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from apps.assessment.models import Evaluation
from apps.audit.services import record
from apps.judges.domain.asking import PROMPT
from apps.judges.models import AutomaticJudge, JudgeKind
from apps.judges.queries import unasked
from apps.judges.services.collecting import collect_replies
from apps.judges.services.marking import mark_comparisons, usable_protocols
from apps.judges.services.questions import ask_comparisons

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.pipelines.models import PipelineRevision


class JudgeRefused(Exception):
    """A judge that can't be started so; the message is for the person who asked."""


@transaction.atomic
def start_reference_judge(
    *, actor: User, evaluation: Evaluation, protocol: str, margin: float, now: datetime
) -> AutomaticJudge:
    """Judges all released comparisons at once. Raises JudgeRefused where no task has references of use."""
    if protocol not in usable_protocols():
        raise JudgeRefused(_("There is no protocol %(name)s for single answers.") % {"name": protocol})
    _refuse_twice(evaluation, kind=JudgeKind.REFERENCE, protocol=protocol, margin=margin)
    judge = AutomaticJudge.objects.create(
        evaluation=evaluation,
        kind=JudgeKind.REFERENCE,
        protocol=protocol,
        margin=margin,
        created_by=actor,
        created_at=now,
    )
    record(actor, "judge.started", judge, evaluation=str(evaluation.public_id), protocol=protocol, margin=margin)
    _judge(actor, judge, now)
    return judge


@transaction.atomic
def start_model_judge(
    *, actor: User, evaluation: Evaluation, revision: PipelineRevision, now: datetime
) -> AutomaticJudge:
    """Asks the revision about all released comparisons in both orders, in an ordinary run. Raises JudgeRefused."""
    _refuse_twice(evaluation, kind=JudgeKind.MODEL, revision=revision, prompt=PROMPT)
    judge = AutomaticJudge.objects.create(
        evaluation=evaluation,
        kind=JudgeKind.MODEL,
        revision=revision,
        prompt=PROMPT,
        created_by=actor,
        created_at=now,
    )
    record(actor, "judge.started", judge, evaluation=str(evaluation.public_id), revision=revision.sha256)
    _judge(actor, judge, now)
    return judge


@transaction.atomic
def judge_rest(*, actor: User, judge: AutomaticJudge, now: datetime) -> int:
    """The comparisons that it was not asked about yet; returns how many. Raises JudgeRefused for a model judge whose
    words are not those of today: two halves asked differently are no judge."""
    _hold(judge.evaluation)
    if judge.is_model and judge.prompt != PROMPT:
        raise JudgeRefused(_("The prompt has changed since. Start the pipeline as a new judge."))
    collect_replies(judge=judge)
    found = _judge(actor, judge, now)
    record(actor, "judge.continued", judge, comparisons=found)
    return found


def _judge(actor: User, judge: AutomaticJudge, now: datetime) -> int:
    missing = unasked(judge)
    if not missing:
        raise JudgeRefused(_("There is no released comparison that it has not judged."))
    if judge.revision:
        ask_comparisons(actor, judge, judge.revision, missing)
    elif not mark_comparisons(judge, list(missing), now) and not judge.judgments.exclude(verdict="").exists():
        raise JudgeRefused(
            _("No task has reference answers that %(protocol)s can use, so it can’t judge.")
            % {"protocol": judge.protocol}
        )
    return len(missing)


def _refuse_twice(evaluation: Evaluation, **facts: object) -> None:
    """Whoever starts judges of one evaluation takes turns."""
    _hold(evaluation)
    if AutomaticJudge.objects.filter(evaluation=evaluation, **facts).exists():
        raise JudgeRefused(_("This judge has been started here already. Its page lets it judge the rest."))


def _hold(evaluation: Evaluation) -> None:
    Evaluation.objects.select_for_update(no_key=True).get(pk=evaluation.pk)
