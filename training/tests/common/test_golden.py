"""The inputs of golden files."""

import pytest

from diffpose_training.common.golden import filled


def test_the_formula_of_the_golden_inputs():
    value = filled((2, 3), -1.0, 1.0, shift=4)
    word = (5 * 2654435761) % 2**32
    word = ((word ^ (word >> 16)) * 2654435761) % 2**32
    assert float(value[0, 0]) == pytest.approx(-1 + 2 * word / 2**32, abs=1e-6)
    assert len(set(filled((1000,), 0, 1).tolist())) == 1000
