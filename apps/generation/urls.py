from django.urls import path

from apps.generation import views

app_name = "generation"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("start/", views.start, name="start"),
    path("workers/", views.workers, name="workers"),
    path("answers/<uuid:public_id>/", views.answer, name="answer"),
    path("answers/<uuid:public_id>/beside/<uuid:other_id>/", views.compare, name="compare"),
    path("playground/", views.playground, name="playground"),
    path("playground/<uuid:public_id>/", views.trial, name="trial"),
    path("playground/<uuid:public_id>/live/", views.trial_live, name="trial_live"),
    path("playground/<uuid:public_id>/compare/", views.trial_compare, name="trial_compare"),
    path("playground/<uuid:public_id>/give-up/", views.trial_give_up, name="trial_give_up"),
    path("playground/<uuid:public_id>/picture/<int:number>/", views.trial_picture, name="trial_picture"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/live/", views.live, name="live"),
    path("<uuid:public_id>/checks/", views.checks, name="checks"),
    path("<uuid:public_id>/retry/", views.retry, name="retry"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
]
