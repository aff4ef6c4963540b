"""The examples: which of them stand for all."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_gui.engine.examples import evenly_chosen


def test_few_are_chosen_evenly_from_the_first_to_the_last() -> None:
    chosen = evenly_chosen(10_000, 256)
    assert len(chosen) == 256
    assert (chosen[0], chosen[-1]) == (0, 9_999)
    assert set(np.diff(chosen).tolist()) <= {39, 40}


@pytest.mark.parametrize("count", [0, 1, 4])
def test_where_there_are_few_all_are_chosen(count: int) -> None:
    assert evenly_chosen(count, 4).tolist() == list(range(count))
