"""Errors that callers of `inference` may meet."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class ModelUnavailable(Exception):
    """A model or a server that a pipeline needs can't be had here; the message says which and what to do."""


class BeingTrained(ModelUnavailable):
    """Another process is at the training of a model of this name; later it may be free."""


class NotANumber(Exception):
    """A training's loss is no number any more; the message says what to do. Its checkpoints are kept."""


class TrainingStopped(Exception):
    """A training was asked to stop; it left a whole checkpoint, and the same call goes on there."""


def is_fatal(error: BaseException) -> bool:
    """A GPU whose context is lost serves nobody, while it generates or while it loads: the process has to end."""
    return _is_called(error, "AcceleratorError")


def must_pass(error: BaseException) -> bool:
    """Whether `error` concerns the process or its job, not the task at hand: never some task's Failure, never retried
    here. A lost GPU, a job whose time is over, a server that is gone for every task alike.
    """
    return is_fatal(error) or isinstance(error, ModelUnavailable) or _is_called(error, "SoftTimeLimitExceeded")


def _is_called(error: BaseException, name: str) -> bool:
    """By name, base classes included, since neither torch nor Celery is imported here."""
    return any(kind.__name__ == name for kind in type(error).__mro__)


@dataclass(frozen=True)
class SpecProblem:
    """One fault of a pipeline's YAML: 1-based `line`, dotted `key` (empty for the whole document), `message`.

    `code` and `facts` say the same for a translation: a key of `inference.spec.problems.MESSAGES` and its values.
    """

    line: int
    key: str
    message: str
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class SpecError(Exception):
    """A pipeline definition that can't be run; carries every problem found, in line order."""

    def __init__(self, problems: list[SpecProblem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.key}: {p.message}" for p in problems))
        self.problems = problems
