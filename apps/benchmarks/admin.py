"""A window, not a door: benchmarks change through the pages alone, where the rules are."""

from django.contrib import admin

from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.web.read_only import ReadOnlyAdmin


@admin.register(Benchmark)
class BenchmarkAdmin(ReadOnlyAdmin):
    list_display = ["name", "bucket", "protocol", "created_by", "created_at"]
    list_select_related = ["bucket", "created_by"]
    search_fields = ["name", "protocol"]


@admin.register(BenchmarkRun)
class BenchmarkRunAdmin(ReadOnlyAdmin):
    list_display = ["benchmark", "run", "created_by", "scored_at"]
    list_select_related = ["benchmark", "run__revision__pipeline", "run__bucket", "created_by"]
