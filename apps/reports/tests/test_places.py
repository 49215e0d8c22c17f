"""Numbers are found among others, whether these lie close together or far apart."""

import numpy as np
import pytest

from apps.reports.domain.places import places_of


@pytest.mark.parametrize("apart", [1, 10**15])
def test_what_is_there_is_found_and_what_is_not_is_told(apart: int) -> None:
    keys, named = np.array([7, 3, 5]) * apart, np.array([5, 4, 7, 2, 9, 8, 3, 5]) * apart
    assert places_of(keys, named).tolist() == [2, -1, 0, -1, -1, -1, 1, 2]
    assert places_of(keys[:0], named[:2]).tolist() == [-1, -1]
