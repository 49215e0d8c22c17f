"""A window for admins: look, don't touch. Writing goes through the services, and judgments never change."""

from django.contrib import admin

from apps.assessment.models import Assignment, Evaluation, Judgment, Skip
from apps.web.read_only import ReadOnlyAdmin


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    list_display = ["name", "bucket", "run_a", "run_b", "overlap", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["bucket", "run_a__revision__pipeline", "run_a__bucket", "run_b__revision__pipeline"]
    search_fields = ["name"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "evaluation", "replica", "state", "assessor", "lease", "lease_until"]
    list_filter = ["state"]
    list_select_related = ["evaluation", "assessor"]


@admin.register(Judgment)
class JudgmentAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "assessor", "verdict", "a_on_left", "seconds", "judged_at"]
    list_filter = ["verdict", "a_on_left"]
    list_select_related = ["assessor"]


@admin.register(Skip)
class SkipAdmin(ReadOnlyAdmin):
    list_display = ["comparison", "assessor", "reason", "note", "skipped_at"]
    list_filter = ["reason"]
    list_select_related = ["comparison", "assessor"]
