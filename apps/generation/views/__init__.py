from apps.generation.views.answers import answer
from apps.generation.views.metrics import metrics
from apps.generation.views.runs import cancel, detail, list_page, live, retry, start
from apps.generation.views.workers import workers

__all__ = ["answer", "cancel", "detail", "list_page", "live", "metrics", "retry", "start", "workers"]
