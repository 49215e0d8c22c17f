from django.urls import path

from apps.generation.views import metrics

app_name = "metrics"
urlpatterns = [path("", metrics, name="metrics")]
