from django.urls import path

from apps.splits import views

app_name = "splits"
urlpatterns = [
    path("", views.split_list, name="list"),
    path("new/", views.create, name="create"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/start/", views.start, name="start"),
    path("<uuid:public_id>/stop/", views.stop, name="stop"),
]
