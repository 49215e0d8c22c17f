"""lmms-eval's samples as its EvaluationTracker writes them (0.7.3): one JSON object a line, lists of one flattened,
`target` a text. Its own `doc_hash` and counts of tokens are left out; `doc` says the question's id.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.benchmarks.exports.answers import answers_of, may_be_passed_on

if TYPE_CHECKING:
    from apps.benchmarks.exports.answers import Said
    from apps.benchmarks.models import BenchmarkRun


def lmms_eval(benchmark_run: BenchmarkRun) -> str:
    open_to_all = may_be_passed_on(benchmark_run)
    samples = (_sample(said, open_to_all=open_to_all) for said in answers_of(benchmark_run))
    return "".join(json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples)


def _sample(said: Said, *, open_to_all: bool) -> dict[str, Any]:
    """`doc_id` is the number of a row, as lmms-eval counts them."""
    references, task = list(said.item.references), said.score.answer.task
    target = references[0] if len(references) == 1 else str(references)
    return {
        **said.score.scores,
        "doc_id": task.position,
        "doc": {"id": said.item.id},
        **({"input": task.instruction, "target": target} if open_to_all else {}),
        "resps": [said.text],
        "filtered_resps": said.read(open_to_all=open_to_all),
    }
