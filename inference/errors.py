"""Errors that callers of `inference` may meet."""

from dataclasses import dataclass


class ModelUnavailable(Exception):
    """The model of a pipeline can't be loaded here; the message says which and what to do."""


@dataclass(frozen=True)
class SpecProblem:
    """One fault of a pipeline's YAML: 1-based `line`, dotted `key` (empty for the whole document), `message`."""

    line: int
    key: str
    message: str


class SpecError(Exception):
    """A pipeline definition that can't be run; carries every problem found, in line order."""

    def __init__(self, problems: list[SpecProblem]) -> None:
        super().__init__("; ".join(f"line {p.line}: {p.key}: {p.message}" for p in problems))
        self.problems = problems
