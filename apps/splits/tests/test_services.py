from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.audit.models import AuditEvent
from apps.pipelines.tests.makers import make_revision
from apps.splits.models import Arm, Exposure, Split
from apps.splits.services import (
    ArmInput,
    EventRefused,
    SplitRefused,
    assign_unit,
    create_split,
    record_event,
    start_split,
    stop_split,
)
from apps.splits.tests.makers import make_split
from conftest import Cast


def test_a_unit_keeps_its_arm_and_its_first_exposure(cast: Cast) -> None:
    split, now = make_split(cast.researcher), timezone.now()
    arms = [assign_unit(split=split, unit="a", now=now + timedelta(hours=hour)) for hour in range(3)]
    assert arms == [split.arms.get(position=0)] * 3
    assert Exposure.objects.get().first_at == now
    assert Exposure.objects.get().unit != "a"


def test_units_outside_of_the_coverage_are_not_exposed(cast: Cast) -> None:
    split = make_split(cast.researcher, coverage=0.2)
    assert assign_unit(split=split, unit="b", now=timezone.now()) is None
    assert assign_unit(split=split, unit="a", now=timezone.now()) is not None
    assert Exposure.objects.count() == 1


def test_only_a_running_split_assigns(cast: Cast) -> None:
    split, now = make_split(cast.researcher, started=False), timezone.now()
    assert assign_unit(split=split, unit="a", now=now) is None
    start_split(actor=cast.researcher, split=split, now=now)
    assert assign_unit(split=split, unit="a", now=now) is not None
    stop_split(actor=cast.researcher, split=split, now=now)
    assert assign_unit(split=split, unit="a", now=now) is None


@pytest.mark.parametrize("unit", ["", "я", "x" * 201])
def test_units_that_libraries_hash_differently_are_refused(cast: Cast, unit: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        assign_unit(split=make_split(cast.researcher), unit=unit, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_many_requests_of_one_unit_at_once_keep_one_exposure() -> None:
    split = make_split(make_user("owner@example.org", role="researcher"))

    def assign(_number: int) -> int | None:
        try:
            arm = assign_unit(split=split, unit="a", now=timezone.now())
            return None if arm is None else arm.position
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(assign, range(24))) == {0}
    assert Exposure.objects.count() == 1


def test_a_split_goes_from_draft_to_running_to_stopped_once(cast: Cast) -> None:
    split, now = make_split(cast.researcher, started=False), timezone.now()
    with pytest.raises(SplitRefused):
        stop_split(actor=cast.researcher, split=split, now=now)
    start_split(actor=cast.researcher, split=split, now=now)
    with pytest.raises(SplitRefused):
        start_split(actor=cast.researcher, split=split, now=now)
    stop_split(actor=cast.researcher, split=split, now=now)
    with pytest.raises(SplitRefused):
        start_split(actor=cast.researcher, split=split, now=now)
    verbs = AuditEvent.objects.filter(target_kind="splits.split").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["split.created", "split.started", "split.stopped"]


@pytest.mark.parametrize("weights", [[1.0], [0.5, 0.4], [0.5, 0.5, 0.5], [1.5, -0.5]])
def test_arms_that_do_not_share_out_everything_are_refused(cast: Cast, weights: list[float]) -> None:
    revision = make_revision(cast.researcher)
    with pytest.raises(SplitRefused):
        create_split(actor=cast.researcher, name="x", arms=[ArmInput(revision, weight) for weight in weights])
    assert not Split.objects.exists()


def test_an_event_sent_twice_counts_once_and_never_changes(cast: Cast) -> None:
    split, event_id, at = make_split(cast.researcher), uuid4(), timezone.now()
    first = record_event(split=split, event_id=event_id, unit="a", kind="query", at=at)
    assert record_event(split=split, event_id=event_id, unit="a", kind="query", at=at).pk == first.pk
    with pytest.raises(EventRefused, match="other content"):
        record_event(split=split, event_id=event_id, unit="b", kind="query", at=at)
    assert split.events.count() == 1


def test_events_that_mean_nothing_are_refused(cast: Cast) -> None:
    split, at = make_split(cast.researcher), timezone.now()
    for value, kind, when in [(float("nan"), "q", at), (1.0, "", at), (1.0, "q" * 41, at), (1.0, "q", datetime.now())]:
        with pytest.raises(EventRefused):
            record_event(split=split, event_id=uuid4(), unit="a", kind=kind, at=when, value=value)
    draft = make_split(cast.researcher, name="Draft", started=False)
    with pytest.raises(EventRefused, match="not started"):
        record_event(split=draft, event_id=uuid4(), unit="a", kind="q", at=at)


def test_the_database_refuses_an_exposure_to_an_arm_of_another_split(cast: Cast) -> None:
    split, other = make_split(cast.researcher), make_split(cast.researcher, name="Other")
    foreign = Arm.objects.filter(split=other)[0]
    with pytest.raises(IntegrityError, match="exposure_of_own_arm"), transaction.atomic():
        Exposure.objects.create(split=split, unit="0" * 64, arm=foreign, first_at=timezone.now())
        connection.check_constraints()
