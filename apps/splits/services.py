"""Writes: make, start and stop a split; assign a unit; take an event in."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from apps.audit.services import record
from apps.splits.domain.hashing import hash_v2
from apps.splits.domain.ranges import arm_at, bucket_ranges, weights_are_shares
from apps.splits.domain.units import unit_pseudonym
from apps.splits.models import Arm, Event, Exposure, Split, SplitState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from apps.accounts.models import User
    from apps.pipelines.models import PipelineRevision


class SplitRefused(Exception):
    """The split can't be made, started or stopped like this; the message says why and what to do."""


class EventRefused(Exception):
    """The event can't be taken in; the message says why."""


@dataclass(frozen=True)
class ArmInput:
    revision: PipelineRevision
    weight: float


@transaction.atomic
def create_split(*, actor: User, name: str, arms: Sequence[ArmInput], coverage: float = 1.0, seed: str = "") -> Split:
    """A draft; without `seed` one is drawn. Raises SplitRefused."""
    if len(arms) < 2:
        raise SplitRefused(gettext("A split needs at least two arms."))
    if not weights_are_shares([arm.weight for arm in arms]):
        raise SplitRefused(gettext("The weights must be above 0 and add up to 1, e.g. 0.5 and 0.5."))
    split = Split.objects.create(name=name, coverage=coverage, seed=seed or secrets.token_hex(8), created_by=actor)
    Arm.objects.bulk_create(
        Arm(split=split, revision=arm.revision, weight=arm.weight, position=position)
        for position, arm in enumerate(arms)
    )
    record(actor, "split.created", split, arms=len(arms), coverage=coverage)
    return split


@transaction.atomic
def start_split(*, actor: User, split: Split, now: datetime) -> Split:
    """Locks the row. Raises SplitRefused unless it is a draft."""
    locked = Split.objects.select_for_update().get(pk=split.pk)
    if locked.state != SplitState.DRAFT:
        raise SplitRefused(gettext("Only a draft can be started. To go on with a stopped split, make a new one."))
    locked.state, locked.started_at = SplitState.RUNNING, now
    locked.save(update_fields=["state", "started_at"])
    record(actor, "split.started", locked)
    return locked


@transaction.atomic
def stop_split(*, actor: User, split: Split, now: datetime) -> Split:
    """Locks the row. Raises SplitRefused unless it is running."""
    locked = Split.objects.select_for_update().get(pk=split.pk)
    if locked.state != SplitState.RUNNING:
        raise SplitRefused(gettext("Only a running split can be stopped."))
    locked.state, locked.stopped_at = SplitState.STOPPED, now
    locked.save(update_fields=["state", "stopped_at"])
    record(actor, "split.stopped", locked)
    return locked


def assign_unit(*, split: Split, unit: str, now: datetime) -> Arm | None:
    """The arm of `unit`, always the same; None when it is outside of the coverage or the split isn't running.

    Call it where the unit meets the arm: the first call is kept as its exposure. Any number at once keep one row (the
    unique constraint decides). Raises ValueError for a unit that is empty, longer than 200 characters or not ASCII.
    """
    pseudonym = unit_pseudonym(split.public_id, unit)
    if not Split.objects.filter(pk=split.pk, state=SplitState.RUNNING).exists():
        return None
    arms = list(split.arms.all())
    index = arm_at(hash_v2(split.seed, unit), bucket_ranges(split.coverage, [arm.weight for arm in arms]))
    if index is None:
        return None
    exposure = Exposure(split=split, unit=pseudonym, arm=arms[index], first_at=now)
    Exposure.objects.bulk_create([exposure], ignore_conflicts=True)
    return arms[index]


def record_event(*, split: Split, event_id: UUID, unit: str, kind: str, at: datetime, value: float = 1.0) -> Event:
    """Take an event in once, however often it is sent; late events of a stopped split count too.

    Raises EventRefused for a draft, a value that is no number, a kind that is empty or over 40 characters, an `at`
    without a time zone, or an id that came before with other content; ValueError as in `assign_unit`.
    """
    if not Split.objects.filter(pk=split.pk).exclude(state=SplitState.DRAFT).exists():
        raise EventRefused("the split has not started")
    if not math.isfinite(value) or not 0 < len(kind) <= 40 or at.tzinfo is None:
        raise EventRefused("an event has a finite value, a kind of 1 to 40 characters, a time with its zone")
    content = {"unit": unit_pseudonym(split.public_id, unit), "kind": kind, "value": value, "at": at}
    event, _created = Event.objects.get_or_create(split=split, event_id=event_id, defaults=content)
    if any(getattr(event, field) != sent for field, sent in content.items()):
        raise EventRefused(f"event {event_id} came before with other content")
    return event
