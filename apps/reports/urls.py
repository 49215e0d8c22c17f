from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("freeze/<uuid:evaluation>/", views.freeze, name="freeze"),
    path("plan/<uuid:evaluation>/", views.plan, name="plan"),
    path("preferences/<uuid:evaluation>/", views.preferences, name="preferences"),
    path("preferences/<uuid:evaluation>/<slug:form>/", views.export_preferences, name="export_preferences"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/comparisons/", views.comparisons, name="comparisons"),
    path("<uuid:public_id>/export/<slug:form>/", views.export, name="export"),
]
