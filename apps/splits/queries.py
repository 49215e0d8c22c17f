"""Reads: splits with their counts, arms with their exposures, events by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from apps.splits.domain.srm import SRM_ALARM, srm_p_value
from apps.splits.models import Arm, Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import User


@dataclass(frozen=True)
class ArmRow:
    """Shares in percent; `share` is None before the first exposure."""

    arm: Arm
    exposures: int
    share: float | None
    expected_share: float


@dataclass(frozen=True)
class RatioCheck:
    """`p_value` is None while there are too few exposures to tell."""

    p_value: float | None

    @property
    def is_alarm(self) -> bool:
        return self.p_value is not None and self.p_value < SRM_ALARM

    @property
    def p_rounded(self) -> str:
        return "" if self.p_value is None else f"{self.p_value:.2g}"


@dataclass(frozen=True)
class EventRow:
    kind: str
    events: int
    units: int


def splits_for(user: User) -> QuerySet[Split]:
    """With `arm_count`."""
    rows = Split.objects.visible_to(user).select_related("created_by").annotate(arm_count=Count("arms"))
    return rows.order_by("-created_at")


def arm_rows(split: Split) -> list[ArmRow]:
    arms = list(
        Arm.objects.filter(split=split)
        .select_related("revision__pipeline")
        .annotate(exposed=Count("exposures"))
        .order_by("position")
    )
    total, whole = sum(arm.exposed for arm in arms), sum(arm.weight for arm in arms)
    return [
        ArmRow(arm, arm.exposed, 100 * arm.exposed / total if total else None, 100 * arm.weight / whole) for arm in arms
    ]


def ratio_check(rows: Sequence[ArmRow]) -> RatioCheck:
    return RatioCheck(srm_p_value([row.exposures for row in rows], [row.arm.weight for row in rows]))


def event_rows(split: Split) -> list[EventRow]:
    counted = split.events.order_by("kind").values("kind").annotate(n=Count("pk"), units=Count("unit", distinct=True))
    return [EventRow(row["kind"], row["n"], row["units"]) for row in counted]
