"""Whether and in what an assessor may work, what was said to them, and what rules look at."""

from collections.abc import Sequence
from datetime import datetime

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


def standing_of(assessor: User, evaluation: Evaluation) -> Standing | None:
    return Standing.objects.filter(assessor=assessor, evaluation=evaluation).first()


def why_no_work(assessor: User, evaluation: Evaluation, now: datetime) -> str:
    """`paused`, `banned`, `cap` (enough for today), `failed` (the exam), `unqualified`, `unprepared` (no gold is left
    for training or exam), or nothing: there may be work."""
    standing = standing_of(assessor, evaluation)
    if standing and standing.state != StandingState.WORKING:
        return standing.state
    if evaluation.daily_cap and given_today(assessor, evaluation, now) >= evaluation.daily_cap:
        return "cap"
    now_in = stage_of(assessor, evaluation)
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
    """As far back as the longest window, and one more; nothing from before the person was forgiven. Training and exam
    are no part of it."""
    standing = standing_of(assessor, evaluation)
    since = standing.forgiven_at if standing else None
    longest = max((rule.window for rule in rules), default=0) + 1
    work = said_in_work(evaluation).filter(assessor=assessor)
    gold = said_on_checks(evaluation, CheckKind.GOLD).filter(assessor=assessor)
    skips = Skip.objects.filter(assessor=assessor, comparison__evaluation=evaluation)
    if since:
        work, gold = work.filter(judged_at__gt=since), gold.filter(judged_at__gt=since)
        skips = skips.filter(skipped_at__gt=since)
    rows = list(
        work.order_by("-judged_at", "-pk").values_list(
            "verdict", "a_on_left", "seconds", "active_seconds", "judged_at"
        )[:longest]
    )[::-1]
    right = gold.order_by("-judged_at", "-pk").values_list("verdict", flat=True)[:longest]
    in_a_row = skips.filter(skipped_at__gt=rows[-1][4]).count() if rows else skips.count()
    return History(
        gold=[float(verdict in PREFERS_A) for verdict in right][::-1],
        seconds=[seconds if active is None else active for _, _, seconds, active, _ in rows],
        sides=[side_of(verdict, a_on_left) for verdict, a_on_left, *_ in rows],
        skipped=[0.0] + [1.0] * in_a_row,
    )


def side_of(verdict: str, a_on_left: bool) -> float:
    """-1 when the left answer was preferred, 1 the right one, 0 neither."""
    leans = leaning(verdict)
    if leans == "neither":
        return 0.0
    return -1.0 if (leans == "a") == a_on_left else 1.0
