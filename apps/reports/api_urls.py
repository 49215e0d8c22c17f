from django.urls import path

from apps.reports import api

app_name = "reports_api"
urlpatterns = [
    path("evaluations/<uuid:evaluation>/reports", api.reports, name="reports"),
    path("evaluations/<uuid:evaluation>/judgments.parquet", api.judgments, name="judgments"),
    path("evaluations/<uuid:evaluation>/preferences/<slug:form>", api.preferences, name="preferences"),
    path("buckets/<uuid:bucket>/rankings", api.rankings, name="rankings"),
    path("reports/<uuid:public_id>/<slug:form>", api.export, name="export"),
]
