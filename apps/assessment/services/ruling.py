"""Change the rules of an evaluation that runs."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from apps.accounts.models import User
from apps.assessment.domain.rules import Rule
from apps.assessment.models import Evaluation, QualityRule
from apps.audit.services import record


@transaction.atomic
def change_rules(*, actor: User, evaluation: Evaluation, rules: Sequence[Rule]) -> None:
    """From the next judgment or skip on, exactly these watch. What former ones did stays."""
    evaluation.rules.all().delete()
    keep_rules(evaluation, rules)
    record(actor, "evaluation.rules_changed", evaluation, rules=[asdict(rule) for rule in rules])


def keep_rules(evaluation: Evaluation, rules: Sequence[Rule]) -> None:
    QualityRule.objects.bulk_create(QualityRule(evaluation=evaluation, **asdict(rule)) for rule in rules)
