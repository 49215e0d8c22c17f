from apps.benchmarks.views.benchmarks import benchmark_list, create, detail, score
from apps.benchmarks.views.compared import compare, over_all
from apps.benchmarks.views.runs import export, run, sample, send
from apps.benchmarks.views.suites import suites, watch

__all__ = [
    "benchmark_list",
    "compare",
    "create",
    "detail",
    "export",
    "over_all",
    "run",
    "sample",
    "score",
    "send",
    "suites",
    "watch",
]
