"""METEOR 1.5, where Java and the package pycocoevalcap (which carries the jar) are installed; nowhere else."""

import shutil
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

Words = tuple[str, ...]


def is_available() -> bool:
    return shutil.which("java") is not None and find_spec("pycocoevalcap") is not None


def meteor(candidates: Sequence[Words], references: Sequence[Sequence[Words]]) -> list[float]:
    """One value a picture, in a Java process that ends with the call."""
    scorer = import_module("pycocoevalcap.meteor.meteor").Meteor()
    said = {place: [" ".join(words)] for place, words in enumerate(candidates)}
    wanted = {place: [" ".join(words) for words in each] for place, each in enumerate(references)}
    try:
        return [float(value) for value in scorer.compute_score(wanted, said)[1]]
    finally:
        scorer.meteor_p.kill()
        scorer.meteor_p.wait()
