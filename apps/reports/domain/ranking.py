"""The shape of a frozen ranking: evaluations of one bucket taken together. `frozen` turns it into what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# pydantic reads these at run time
from apps.reports.domain.numbers import Method
from apps.reports.domain.several import Several

VERSION = 1


@dataclass(frozen=True)
class Ranked:
    """A pipeline; its place in `Ranking.pipelines` is its number in `Several`."""

    pipeline: str
    revision: int
    revision_sha256: str

    @property
    def label(self) -> str:
        return f"{self.pipeline} r{self.revision}"


@dataclass(frozen=True)
class Taken:
    """An evaluation that was taken in, with the pipelines that met in it. Judgments are those that count."""

    evaluation: str
    name: str
    state: str
    seed: int
    overlap: int
    a: int
    b: int
    judgments: int
    imported_from: str = ""


@dataclass(frozen=True)
class Ranking:
    """`seed` draws the places' critical value (`statistics.ranks`)."""

    bucket: str
    bucket_version: int
    bucket_sha256: str
    pipelines: tuple[Ranked, ...]
    evaluations: tuple[Taken, ...]
    found: Several
    simulated_judgments: int
    seed: int
    method: Method
    kind: Literal["ranking"] = "ranking"
    version: int = VERSION

    @property
    def names(self) -> list[str]:
        return [item.label for item in self.pipelines]

    @property
    def open(self) -> list[str]:
        """Names of evaluations in which judging still goes on."""
        return [item.name for item in self.evaluations if item.state == "open"]

    @property
    def is_interim(self) -> bool:
        return bool(self.open)
