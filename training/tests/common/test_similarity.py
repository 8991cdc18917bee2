"""Figures of validation."""

import pytest
import torch

from diffpose_training.common.similarity import figures


def test_validation_figures_of_a_shift():
    truth = torch.full((2, 17, 2), 30.0)
    found, known = torch.cat([truth, torch.ones(2, 17, 1)], -1), torch.ones(2, 17, dtype=torch.bool)
    area, scale = torch.full((2,), 10000.0), torch.ones(2)
    assert figures(found, truth, known, area, scale)["ap"] == 100
    found[1] += 20
    result = figures(found, truth, known, area, scale)
    assert result["ap"] == 50 and result["pck"] == pytest.approx(50)
