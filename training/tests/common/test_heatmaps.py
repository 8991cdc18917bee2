"""Heatmaps drawn and read back."""

import torch

from diffpose_training.common.heatmaps import draw, read_peaks


def test_drawn_peaks_are_read_back_between_cells():
    points = torch.tensor([[[10.3, 20.71], [40.5, 5.02], [31.99, 62.2]]])
    torch.testing.assert_close(read_peaks(draw(points))[..., :2], points, atol=0.02, rtol=0)
    assert not read_peaks(torch.zeros(1, 4, 4)).any()
