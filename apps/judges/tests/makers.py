from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.generation.models import Answer, AnswerState
from apps.judges.domain.combining import A_FIRST
from apps.judges.domain.keys import read_key
from apps.judges.services import collect_replies, start_model_judge
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation
    from apps.judges.models import AutomaticJudge

Replies = tuple[str | None, str | None]


def make_model_judge(
    actor: User, evaluation: Evaluation, *, replies: Mapping[str, Replies], name: str = "Judge"
) -> AutomaticJudge:
    """`replies`: by task key, what it says with A first and with B first; None fails. Tasks left out still wait."""
    judge = start_model_judge(
        actor=actor, evaluation=evaluation, revision=make_revision(actor, name=name), now=timezone.now()
    )
    reply(judge, replies)
    collect_replies(judge=judge)
    return judge


def reply(judge: AutomaticJudge, replies: Mapping[str, Replies]) -> None:
    """What a worker would write."""
    for answer in Answer.objects.filter(run__judge_run__judge=judge, state=AnswerState.WAITING).select_related("task"):
        key = answer.task.key.split("/")[0]
        if key in replies:
            text = replies[key][0 if read_key(answer.task.key)[1] == A_FIRST else 1]
            answer.state = AnswerState.FAILED if text is None else AnswerState.DONE
            answer.text, answer.finished_at = text, timezone.now()
            answer.save()
