"""A window for admins: look, don't touch. Automatic judgments never change."""

from django.contrib import admin

from apps.judges.models import AutomaticJudge, AutomaticJudgment
from apps.web.read_only import ReadOnlyAdmin


@admin.register(AutomaticJudge)
class AutomaticJudgeAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "kind", "evaluation", "created_by", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["evaluation", "revision__pipeline", "created_by"]


@admin.register(AutomaticJudgment)
class AutomaticJudgmentAdmin(ReadOnlyAdmin):
    list_display = ["judge", "comparison", "order", "reading", "verdict", "judged_at"]
    list_filter = ["reading", "order"]
    list_select_related = ["judge__revision__pipeline", "comparison"]
