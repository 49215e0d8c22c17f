from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("apps.web.urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("pipelines/", include("apps.pipelines.urls")),
    path("models/", include("apps.training.urls")),
    path("buckets/", include("apps.buckets.urls")),
    path("runs/", include("apps.generation.urls")),
    path("evaluations/", include("apps.assessment.urls")),
    path("benchmarks/", include("apps.benchmarks.urls")),
    path("v1/", include("apps.benchmarks.api_urls")),
    path("api/", include("apps.reports.api_urls")),
    path("splits/", include("apps.splits.urls")),
    path("judges/", include("apps.judges.urls")),
    path("reports/", include("apps.reports.urls")),
    path("metrics", include("apps.generation.metrics_urls")),
    path("admin/", admin.site.urls),
]
