"""Writes: start a judge, let it judge what joined since, read what model judges replied."""

from apps.judges.services.collecting import collect_all, collect_replies
from apps.judges.services.starting import JudgeRefused, judge_rest, start_model_judge, start_reference_judge

__all__ = [
    "JudgeRefused",
    "collect_all",
    "collect_replies",
    "judge_rest",
    "start_model_judge",
    "start_reference_judge",
]
