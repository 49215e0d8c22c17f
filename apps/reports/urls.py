from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("freeze/<uuid:evaluation>/", views.freeze, name="freeze"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/export/<slug:form>/", views.export, name="export"),
]
