from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from apps.audit.models import AuditEvent

if TYPE_CHECKING:
    from apps.accounts.models import User


def record(actor: User | None, verb: str, target: models.Model, **facts: object) -> None:
    """Append one event inside the caller's transaction. `facts` must be JSON without prompts, answers or secrets."""
    AuditEvent.objects.create(
        actor=actor,
        verb=verb,
        target_kind=target._meta.label_lower,
        target_id=str(getattr(target, "public_id", target.pk)),
        facts=facts,
    )
