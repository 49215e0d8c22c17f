from apps.generation.views.answers import answer
from apps.generation.views.runs import cancel, detail, list_page, live, retry, start

__all__ = ["answer", "cancel", "detail", "list_page", "live", "retry", "start"]
