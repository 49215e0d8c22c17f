"""Writes of this room: `recipes` for people, `claims` for processes that train, `children` and `wake` for workers,
`registry` for what came of it. `work` is what a training process does; it loads torch, so only that process imports it.
"""

from apps.training.services.announcing import announce_model, reason_to_refuse
from apps.training.services.children import spawn_for_waiting
from apps.training.services.recipes import (
    TrainingRefused,
    cancel_training,
    recheck_recipe,
    start_training,
    write_recipe,
)
from apps.training.services.registry import NoModel, register_model
from apps.training.services.wake import wake_for_waiting_trainings

__all__ = [
    "NoModel",
    "TrainingRefused",
    "announce_model",
    "cancel_training",
    "reason_to_refuse",
    "recheck_recipe",
    "register_model",
    "spawn_for_waiting",
    "start_training",
    "wake_for_waiting_trainings",
    "write_recipe",
]
