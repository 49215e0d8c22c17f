from django.contrib import admin

from apps.training.models import TrainedModel, Training
from apps.web.read_only import ReadOnlyAdmin


@admin.register(TrainedModel)
class TrainedModelAdmin(ReadOnlyAdmin):
    list_display = ("name", "sha256", "made_by", "registered_at", "placed_at")
    list_select_related = ("made_by",)
    search_fields = ("name", "sha256")


@admin.register(Training)
class TrainingAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "name", "state", "stage", "step", "attempt", "worker", "created_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("created_by",)
    search_fields = ("=public_id", "name")
