import json
from pathlib import Path

import numpy as np
import pytest

from apps.statistics.dawid_skene import estimate_truth

PUBLISHED = json.loads((Path(__file__).parent / "data" / "dawid_skene.json").read_text())
OBSERVER_OF = (1, 1, 1, 2, 3, 4, 5)


def published() -> tuple[list[int], list[int], list[int]]:
    rows = [
        (patient, observer, int(said))
        for patient, said_of in enumerate(PUBLISHED["responses"])
        for observer, said in zip(OBSERVER_OF, said_of, strict=True)
    ]
    units, who, labels = zip(*rows, strict=True)
    return list(units), list(who), list(labels)


def test_class_probabilities_of_the_paper() -> None:
    found = estimate_truth(*published())
    assert found.prior == pytest.approx(PUBLISHED["probabilities"], abs=0.006)
    assert found.confusion.sum(axis=2) == pytest.approx(np.ones((5, 4)))


def test_the_same_in_any_order() -> None:
    units, who, labels = (np.array(x)[::-1] for x in published())
    assert estimate_truth(units, who, labels).posterior == pytest.approx(estimate_truth(*published()).posterior)


def test_a_careless_assessor_is_seen_and_outvoted() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 400)
    right = np.array([0.95, 0.9, 0.9, 0.5, 0.5])
    said = np.where(rng.random((400, 5)) < right, truth[:, None], 1 - truth[:, None])
    found = estimate_truth(np.repeat(np.arange(400), 5), np.tile(np.arange(5), 400), said.ravel())
    assert found.accuracy == pytest.approx(right, abs=0.06)
    majority = (said.mean(axis=1) > 0.5).astype(int)
    assert (found.posterior.argmax(axis=1) == truth).mean() > (majority == truth).mean()
    with pytest.raises(ValueError, match="no labels"):
        estimate_truth([], [], [])
