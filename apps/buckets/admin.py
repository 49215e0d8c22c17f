"""Buckets are looked at here, not edited: changes go through the services, so that they are checked and recorded."""

from django.contrib import admin

from apps.buckets.models import Bucket, Image, Task
from apps.web.read_only import ReadOnlyAdmin


@admin.register(Bucket)
class BucketAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "created_by", "created_at", "frozen_at")
    list_filter = ("frozen_at",)
    list_select_related = ("created_by",)
    search_fields = ("name", "sha256")


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("key", "bucket", "language", "cluster")
    list_filter = ("language",)
    list_select_related = ("bucket",)
    search_fields = ("key", "instruction")
    show_full_result_count = False


@admin.register(Image)
class ImageAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "media_type", "width_px", "height_px", "size_bytes")
    search_fields = ("sha256",)
