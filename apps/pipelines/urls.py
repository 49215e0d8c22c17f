from django.urls import path

from apps.pipelines import views

app_name = "pipelines"
urlpatterns = [
    path("", views.list_pipelines, name="list"),
    path("new/", views.create, name="create"),
    path("validate/", views.validate, name="validate"),
    path("revisions/<uuid:public_id>/", views.revision, name="revision"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/revise/", views.revise, name="revise"),
]
