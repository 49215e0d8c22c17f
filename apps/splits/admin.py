"""A window, not a door: splits change through the pages alone, where the rules are."""

from django.contrib import admin

from apps.splits.models import Split
from apps.web.read_only import ReadOnlyAdmin


@admin.register(Split)
class SplitAdmin(ReadOnlyAdmin):
    list_display = ["name", "state", "coverage", "created_by", "started_at", "stopped_at"]
    list_select_related = ["created_by"]
    search_fields = ["name"]
