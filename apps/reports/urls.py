from django.urls import path

from apps.reports import beside_views, several_views, shared_views, traffic_views, views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("freeze/<uuid:evaluation>/", views.freeze, name="freeze"),
    path("benchmark/<uuid:benchmark>/", beside_views.beside_benchmark, name="beside_benchmark"),
    path("pipelines/<uuid:bucket>/", several_views.several, name="several"),
    path("pipelines/<uuid:bucket>/freeze/", several_views.freeze_several, name="freeze_ranking"),
    path("plan/<uuid:evaluation>/", views.plan, name="plan"),
    path("traffic/<uuid:evaluation>/", traffic_views.traffic, name="traffic"),
    path("preferences/<uuid:evaluation>/", views.preferences, name="preferences"),
    path("preferences/<uuid:evaluation>/<slug:form>/", views.export_preferences, name="export_preferences"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("raw/<uuid:evaluation>.parquet", shared_views.raw, name="raw"),
    path("shared/<str:token>/", shared_views.shared, name="shared"),
    path("links/<uuid:public_id>/end/", shared_views.end, name="end_link"),
    path("<uuid:public_id>/share/", shared_views.share, name="share"),
    path("<uuid:public_id>/comment/", shared_views.comment, name="comment"),
    path("<uuid:public_id>/compare/<uuid:other>/", shared_views.compare, name="compare"),
    path("<uuid:public_id>/comparisons/", views.comparisons, name="comparisons"),
    path("<uuid:public_id>/export/<slug:form>/", views.export, name="export"),
]
