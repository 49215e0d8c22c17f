"""Whether and in what an assessor may work, what was said to them, and what rules look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.assessment.domain.policies import stage
from apps.assessment.domain.rules import History, Rule
from apps.assessment.domain.verdicts import PREFERS_A, leaning
from apps.assessment.models import (
    Assignment,
    AssignmentState,
    CheckKind,
    Evaluation,
    Judgment,
    Message,
    Skip,
    Standing,
    StandingState,
)
from apps.assessment.queries.checks import STAGES, said_in_work, said_on_checks, stages_done
from apps.assessment.queries.gold import gold_for
from apps.assessment.queries.qualified import is_qualified

UNREAD = 20  # messages shown beside the work
ON_GOLD = {"gold", "guess"}  # rules that look at gold


def standing_of(assessor: User, evaluation: Evaluation) -> Standing | None:
    return next(iter(Standing.objects.filter(assessor=assessor, evaluation=evaluation)), None)


def why_no_work(assessor: User, evaluation: Evaluation, now: datetime, *, now_in: str = "") -> str:
    """`paused`, `banned`, `cap` (enough for today), `failed` (the exam), `unqualified`, `unprepared` (no gold is left
    for training or exam), or nothing: there may be work. `now_in`: of `stage_of`, where the caller has asked."""
    standing = standing_of(assessor, evaluation)
    if standing and standing.state != StandingState.WORKING:
        return standing.state
    if evaluation.daily_cap and given_today(assessor, evaluation, now) >= evaluation.daily_cap:
        return "cap"
    now_in = now_in or stage_of(assessor, evaluation)
    if now_in in STAGES and not gold_for(assessor, evaluation).exists():
        return "unprepared"
    return now_in if now_in in ("failed", "unqualified") else ""


def stage_of(assessor: User, evaluation: Evaluation) -> str:
    """Of `domain.policies.stage`, or `unqualified`: only those with the qualification get work here. Who has it needs
    neither training nor exam."""
    now_in = own_stage(assessor, evaluation)
    if not evaluation.qualification or (now_in == "work" and evaluation.exam_size):
        return now_in
    if is_qualified(assessor, evaluation):
        return "work"
    return now_in if evaluation.exam_size else "unqualified"


def own_stage(assessor: User, evaluation: Evaluation) -> str:
    if not (evaluation.training_size or evaluation.exam_size):
        return "work"
    done = stages_done(assessor, evaluation)
    return stage(
        trained=done.trained,
        training=evaluation.training_size,
        given=done.given,
        examined=done.examined,
        right=done.right,
        exam=evaluation.exam_size,
        pass_percent=evaluation.pass_percent,
    )


def midnight_before(now: datetime) -> datetime:
    """When the day of the person who works or looks began."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def given_today(assessor: User, evaluation: Evaluation, now: datetime) -> int:
    """Judged since midnight, and held."""
    mine = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation, supersedes=None)
    held = Assignment.objects.filter(assessor=assessor, evaluation=evaluation, state=AssignmentState.LEASED)
    return mine.filter(judged_at__gte=midnight_before(now)).count() + held.count()


def messages_to(assessor: User, evaluation: Evaluation | None = None) -> QuerySet[Message]:
    """Newest first."""
    mine = Message.objects.filter(assessor=assessor).select_related("evaluation", "sender")
    return mine.filter(evaluation=evaluation) if evaluation else mine


def unread_by(assessor: User) -> list[Message]:
    """The oldest first."""
    return list(messages_to(assessor).filter(read_at=None).order_by("sent_at")[:UNREAD])


def rules_of(evaluation: Evaluation) -> list[Rule]:
    rows = evaluation.rules.values_list("kind", "window", "limit", "action")
    return [Rule(kind, window, limit, action) for kind, window, limit, action in rows]


def history_of(assessor: User, evaluation: Evaluation, rules: Sequence[Rule]) -> History:
    """What these rules look at, as far back as the longest window, and one more; nothing from before the person was
    forgiven. Training and exam are no part of it."""
    standing = standing_of(assessor, evaluation)
    since = standing.forgiven_at if standing else None
    kinds, longest = {rule.kind for rule in rules}, max((rule.window for rule in rules), default=0) + 1
    work = latest(said_in_work(evaluation), assessor, since, longest) if kinds - ON_GOLD else []
    gold = latest(said_on_checks(evaluation, CheckKind.GOLD), assessor, since, longest) if kinds & ON_GOLD else []
    skips = skips_since(assessor, evaluation, work[-1].judged_at if work else since) if "skips" in kinds else 0
    return History(
        gold=[float(said.verdict in PREFERS_A) for said in gold],
        seconds=[said.seconds if said.active is None else said.active for said in work],
        sides=[side_of(said.verdict, said.a_on_left) for said in work],
        skipped=[0.0] + [1.0] * skips,
    )


class Said(NamedTuple):
    verdict: str
    a_on_left: bool
    seconds: float
    active: float | None
    judged_at: datetime


def latest(said: QuerySet[Judgment], assessor: User, since: datetime | None, most: int) -> list[Said]:
    """The oldest first."""
    mine = said.filter(assessor=assessor, **({"judged_at__gt": since} if since else {})).order_by("-judged_at", "-pk")
    rows = mine.values_list("verdict", "a_on_left", "seconds", "active_seconds", "judged_at")[:most]
    return [Said(*row) for row in rows][::-1]


def skips_since(assessor: User, evaluation: Evaluation, since: datetime | None) -> int:
    skips = Skip.objects.filter(assessor=assessor, comparison__evaluation=evaluation)
    return (skips.filter(skipped_at__gt=since) if since else skips).count()


def side_of(verdict: str, a_on_left: bool) -> float:
    """-1 when the left answer was preferred, 1 the right one, 0 neither."""
    leans = leaning(verdict)
    if leans == "neither":
        return 0.0
    return -1.0 if (leans == "a") == a_on_left else 1.0
