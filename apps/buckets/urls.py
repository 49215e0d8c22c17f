from django.urls import path

from apps.buckets import views

app_name = "buckets"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("import/", views.import_page, name="import"),
    path("import/examples/<str:name>", views.example_file, name="example"),
    path("<uuid:public_id>/", views.detail_page, name="detail"),
    path("<uuid:public_id>/tasks/", views.tasks_page, name="tasks"),
    path("<uuid:public_id>/members/", views.member_add, name="member_add"),
    path("<uuid:public_id>/members/<uuid:user_id>/remove/", views.member_remove, name="member_remove"),
    path("tasks/<uuid:public_id>/", views.task_page, name="task"),
    path("images/<uuid:public_id>/", views.image_file, name="image"),
    path("images/<uuid:public_id>/thumbnail/", views.thumbnail_file, name="thumbnail"),
]
