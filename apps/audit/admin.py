from django.contrib import admin

from apps.audit.models import AuditEvent
from apps.web.read_only import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "verb", "target_kind", "target_id", "facts"]
    list_filter = ["verb", "target_kind"]
    list_select_related = ["actor"]
    search_fields = ["target_id", "actor__email"]
    date_hierarchy = "at"
