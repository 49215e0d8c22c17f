"""A window for admins: look, don't touch. Writing goes through the services, and judgments never change."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from apps.assessment.models import Assignment, Evaluation, Judgment, Skip


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's ModelAdmin takes no argument at run time
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Evaluation)
class EvaluationAdmin(LookOnly):
    list_display = ["name", "bucket", "run_a", "run_b", "overlap", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["bucket", "run_a__revision__pipeline", "run_a__bucket", "run_b__revision__pipeline"]
    search_fields = ["name"]


@admin.register(Assignment)
class AssignmentAdmin(LookOnly):
    list_display = ["public_id", "evaluation", "replica", "state", "assessor", "lease", "lease_until"]
    list_filter = ["state"]
    list_select_related = ["evaluation", "assessor"]


@admin.register(Judgment)
class JudgmentAdmin(LookOnly):
    list_display = ["public_id", "assessor", "verdict", "a_on_left", "seconds", "judged_at"]
    list_filter = ["verdict", "a_on_left"]
    list_select_related = ["assessor"]


@admin.register(Skip)
class SkipAdmin(LookOnly):
    list_display = ["comparison", "assessor", "reason", "note", "skipped_at"]
    list_filter = ["reason"]
    list_select_related = ["comparison", "assessor"]
