"""The only way a view gets a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from apps.reports.models import Report

if TYPE_CHECKING:
    from uuid import UUID

    from apps.accounts.models import User


def access_report(user: User, public_id: UUID) -> Report:
    """Whoever may view a report may take it away: researchers of the bucket and admins.

    Raises Http404 for everyone else: that a report exists is knowledge too.
    """
    return get_object_or_404(Report.objects.visible_to(user).with_names(), public_id=public_id)
