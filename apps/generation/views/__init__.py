from apps.generation.views.answers import answer, compare
from apps.generation.views.metrics import metrics
from apps.generation.views.runs import cancel, checks, detail, list_page, live, retry, start
from apps.generation.views.trials import playground, trial, trial_compare, trial_give_up, trial_live, trial_picture
from apps.generation.views.workers import workers

__all__ = [
    "answer",
    "cancel",
    "checks",
    "compare",
    "detail",
    "list_page",
    "live",
    "metrics",
    "playground",
    "retry",
    "start",
    "trial",
    "trial_compare",
    "trial_give_up",
    "trial_live",
    "trial_picture",
    "workers",
]
