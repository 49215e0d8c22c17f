from django.urls import path

from apps.generation import views

app_name = "generation"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("start/", views.start, name="start"),
    path("workers/", views.workers, name="workers"),
    path("answers/<uuid:public_id>/", views.answer, name="answer"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/live/", views.live, name="live"),
    path("<uuid:public_id>/retry/", views.retry, name="retry"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
]
