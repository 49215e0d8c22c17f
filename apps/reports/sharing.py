"""A report for readers without an account, and what people say of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from apps.accounts.domain.tokens import hash_token
from apps.audit.services import record
from apps.reports.models import Report, ReportComment, ReportLink

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User


def share_report(*, actor: User, report: Report, until: datetime) -> str:
    """The token of a new link. It is shown this once: the database keeps its hash."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        link = ReportLink.objects.create(
            report=report, token_hash=hash_token(token), expires_at=until, created_by=actor
        )
        record(actor, "report.shared", report, link=str(link.public_id), until=until.isoformat())
    return token


def end_link(*, actor: User, link: ReportLink, now: datetime) -> None:
    with transaction.atomic():
        link.expires_at = min(link.expires_at, now)
        link.save(update_fields=["expires_at"])
        record(actor, "report.link_ended", link.report, link=str(link.public_id))


def report_behind(token: str, now: datetime) -> Report | None:
    """None alike for links that never were, that are over, and whose maker may no longer see the report: one can't
    hand on what one has lost."""
    links = ReportLink.objects.filter(token_hash=hash_token(token), expires_at__gt=now)
    found = links.select_related("created_by", "report__evaluation__bucket", "report__bucket").first()
    return found.report if found and found.still_opens else None


def comment_on_report(*, actor: User, report: Report, text: str) -> ReportComment:
    with transaction.atomic():
        said = ReportComment.objects.create(report=report, text=text, author=actor)
        record(actor, "report.commented", report, letters=len(text))
    return said
