from django.urls import path

from apps.benchmarks import views

app_name = "benchmarks"
urlpatterns = [
    path("", views.benchmark_list, name="list"),
    path("suites/", views.suites, name="suites"),
    path("watch/", views.watch, name="watch"),
    path("new/", views.create, name="create"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/score/", views.score, name="score"),
    path("runs/<uuid:public_id>/", views.run, name="run"),
    path("runs/<uuid:public_id>/samples/<uuid:answer_id>/", views.sample, name="sample"),
    path("runs/<uuid:public_id>/send/", views.send, name="send"),
    path("runs/<uuid:public_id>/export/<slug:kind>/", views.export, name="export"),
    path("pipelines/<uuid:first_id>/beside/<uuid:second_id>/", views.over_all, name="over_all"),
    path("runs/<uuid:public_id>/beside/<uuid:other_id>/", views.compare, name="compare"),
]
