"""Buckets are looked at here, not edited: changes go through the services, so that they are checked and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from apps.buckets.models import Bucket, Image, Task

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Bucket)
class BucketAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # only subscriptable in the stubs
    list_display = ("name", "version", "created_by", "created_at", "frozen_at")
    list_filter = ("frozen_at",)
    list_select_related = ("created_by",)
    search_fields = ("name", "sha256")


@admin.register(Task)
class TaskAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # only subscriptable in the stubs
    list_display = ("key", "bucket", "language", "cluster")
    list_filter = ("language",)
    list_select_related = ("bucket",)
    search_fields = ("key", "instruction")
    show_full_result_count = False


@admin.register(Image)
class ImageAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # only subscriptable in the stubs
    list_display = ("sha256", "media_type", "width_px", "height_px", "size_bytes")
    search_fields = ("sha256",)
