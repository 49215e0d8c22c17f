"""After every judgment and every skip: does a rule speak?"""

from collections.abc import Sequence
from datetime import datetime

from apps.accounts.models import User
from apps.assessment.domain.rules import Rule, broken_rules
from apps.assessment.models import Assignment, Evaluation, RuleAction, StandingState
from apps.assessment.queries.checks import is_gold
from apps.assessment.queries.standing import history_of, rules_of
from apps.assessment.services.places import add_if_unsure
from apps.assessment.services.standing import change_standing, warn_assessor

STATES = {RuleAction.PAUSE: StandingState.PAUSED, RuleAction.BAN: StandingState.BANNED}


def watch_judgment(place: Assignment, assessor: User, now: datetime) -> None:
    """For a place just done: perhaps one more place, perhaps a rule. Inside the submit's transaction."""
    add_if_unsure(place)
    news = ["fast", "side", "ties"] + ["gold", "guess"] * is_gold(place)
    apply_rules(assessor, place.evaluation, news, now)


def watch_skips(assessor: User, evaluation: Evaluation, now: datetime) -> None:
    apply_rules(assessor, evaluation, ["skips"], now)


def apply_rules(assessor: User, evaluation: Evaluation, news: Sequence[str], now: datetime) -> None:
    """The severest broken rule acts; the others would say no more."""
    rules = [rule for rule in rules_of(evaluation) if rule.kind in news]
    broken = broken_rules(history_of(assessor, evaluation, rules), rules, news) if rules else []
    if broken:
        act(broken[0], assessor, evaluation, now)


def act(rule: Rule, assessor: User, evaluation: Evaluation, now: datetime) -> None:
    if rule.action == RuleAction.WARN:
        warn_assessor(evaluation=evaluation, assessor=assessor, kind=rule.kind, now=now)
        return
    change_standing(
        actor=None,
        evaluation=evaluation,
        assessor=assessor,
        state=STATES[RuleAction(rule.action)],
        reason=rule.kind,
        now=now,
    )
