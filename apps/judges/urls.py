from django.urls import path

from apps.judges import views

app_name = "judges"
urlpatterns = [
    path("of/<uuid:public_id>/", views.judge_list, name="list"),
    path("of/<uuid:public_id>/reference/", views.start_reference, name="start_reference"),
    path("of/<uuid:public_id>/model/", views.start_model, name="start_model"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/rest/", views.rest, name="rest"),
    path("<uuid:public_id>/judgments.csv", views.judgments, name="judgments"),
]
