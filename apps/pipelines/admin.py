from django.contrib import admin

from apps.pipelines.models import Pipeline, PipelineRevision
from apps.web.read_only import ReadOnlyAdmin


@admin.register(Pipeline)
class PipelineAdmin(ReadOnlyAdmin):
    list_display = ["name", "created_by", "created_at"]
    list_select_related = ["created_by"]
    search_fields = ["name", "description"]


@admin.register(PipelineRevision)
class PipelineRevisionAdmin(ReadOnlyAdmin):
    list_display = ["pipeline", "number", "sha256", "created_by", "created_at"]
    list_select_related = ["pipeline", "created_by"]
    search_fields = ["pipeline__name", "sha256"]
