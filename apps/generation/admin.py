from django.contrib import admin

from apps.generation.models import Answer, Run, Trial
from apps.web.read_only import ReadOnlyAdmin


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "revision", "bucket", "state", "problem", "created_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("revision__pipeline", "bucket", "created_by")
    search_fields = ("=public_id",)


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "task", "state", "attempt", "failures", "error_kind", "worker", "lease_until")
    list_filter = ("state", "error_kind")
    list_select_related = ("task",)
    search_fields = ("=public_id", "=run__public_id")
    show_full_result_count = False
    ordering = ("-pk",)


@admin.register(Trial)
class TrialAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "revision", "state", "error_kind", "attempt", "worker", "created_by", "created_at")
    list_filter = ("state", "error_kind")
    list_select_related = ("revision__pipeline", "created_by")
    search_fields = ("=public_id",)
