from django.urls import path

from apps.training import views

app_name = "training"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("named/<slug:name>/", views.named, name="named"),
    path("named/<slug:name>/register/", views.register, name="register"),
    path("<uuid:public_id>/", views.model, name="model"),
    path("new/", views.create, name="create"),
    path("validate/", views.validate, name="validate"),
    path("trainings/<uuid:public_id>/", views.detail, name="detail"),
    path("trainings/<uuid:public_id>/live/", views.live, name="live"),
    path("trainings/<uuid:public_id>/samples/<int:number>/", views.picture, name="picture"),
    path("trainings/<uuid:public_id>/start/", views.start, name="start"),
    path("trainings/<uuid:public_id>/check/", views.recheck, name="recheck"),
    path("trainings/<uuid:public_id>/cancel/", views.cancel, name="cancel"),
]
