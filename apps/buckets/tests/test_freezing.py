"""The database itself refuses to change what a frozen bucket asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.buckets.models import Bucket, Image, Task, TaskImage
from apps.buckets.services import MemberRefused, add_member, freeze_bucket, remove_member
from apps.buckets.tests.makers import make_bucket, make_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Cast


def insert_task(bucket: Bucket) -> None:
    Task.objects.create(bucket=bucket, key="new", position=99, instruction="i", language="en", cluster="c")


def update_task(bucket: Bucket) -> None:
    bucket.tasks.update(instruction="Something else")


def delete_task(bucket: Bucket) -> None:
    bucket.tasks.all().delete()


def insert_picture(bucket: Bucket) -> None:
    TaskImage.objects.create(task=bucket.tasks.all()[0], image=make_image("black"), position=9)


def delete_picture(bucket: Bucket) -> None:
    TaskImage.objects.filter(task__bucket=bucket).delete()


def swap_picture(bucket: Bucket) -> None:
    TaskImage.objects.filter(task__bucket=bucket).update(image=make_image("white"))


CHANGES = [insert_task, update_task, delete_task, insert_picture, delete_picture, swap_picture]


@pytest.mark.parametrize("change", CHANGES)
def test_tasks_change_until_the_bucket_freezes(cast: Cast, change: Callable[[Bucket], None]) -> None:
    open_bucket, frozen = (make_bucket(cast.researcher, name=name, images=1) for name in ("Open", "Frozen"))
    freeze_bucket(actor=cast.researcher, bucket=frozen, now=timezone.now())
    change(open_bucket)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        change(frozen)


def test_a_task_can_not_be_moved_out_of_a_frozen_bucket(cast: Cast) -> None:
    frozen, other = make_bucket(cast.researcher), make_bucket(cast.researcher, name="Other", tasks=0)
    freeze_bucket(actor=cast.researcher, bucket=frozen, now=timezone.now())
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        frozen.tasks.update(bucket=other)


@pytest.mark.parametrize("change", [{"frozen_at": None}, {"sha256": "0" * 64}, {"name": "X"}, {"version": 7}])
def test_a_frozen_bucket_stays_what_it_is(cast: Cast, change: dict[str, object]) -> None:
    bucket = make_bucket(cast.researcher)
    freeze_bucket(actor=cast.researcher, bucket=bucket, now=timezone.now())
    Bucket.objects.filter(pk=bucket.pk).update(description="Words about it may still be mended")
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Bucket.objects.filter(pk=bucket.pk).update(**change)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Bucket.objects.filter(pk=bucket.pk)._raw_delete("default")


def test_a_stored_picture_is_immutable(cast: Cast) -> None:
    image = make_image()
    image.save()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Image.objects.filter(pk=image.pk).update(sha256="0" * 64)


def test_members_come_and_go_but_the_creator_stays(cast: Cast) -> None:
    bucket = make_bucket(cast.researcher)
    assert add_member(actor=cast.researcher, bucket=bucket, user=cast.outsider)
    assert not add_member(actor=cast.researcher, bucket=bucket, user=cast.outsider)
    assert Bucket.objects.visible_to(cast.outsider).get() == bucket
    assert remove_member(actor=cast.researcher, bucket=bucket, user=cast.outsider)
    assert not Bucket.objects.visible_to(cast.outsider).exists()
    with pytest.raises(MemberRefused):
        remove_member(actor=cast.researcher, bucket=bucket, user=cast.researcher)
    with pytest.raises(MemberRefused):
        add_member(actor=cast.researcher, bucket=bucket, user=cast.assessor)
