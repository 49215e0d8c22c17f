from django.urls import path

from apps.benchmarks import api

app_name = "openai"
urlpatterns = [
    path("chat/completions", api.chat_completions, name="chat"),
    path("models", api.models, name="models"),
    path("models/<path:name>", api.model, name="model"),
    path("<path:rest>", api.unknown, name="unknown"),
]
