"""Error bars of heatmaps, and the factors of a spread."""

import numpy as np
import pytest
import torch

from diffpose_training.common.heatmaps import draw
from diffpose_training.diffpose_video.calibration import LEAST_SIGMA, fit_scale, sigma_of


def test_error_bars_grow_with_width_and_with_disagreement():
    points = torch.full((1, 17, 2), 30.0)
    sure, wide, apart = draw(points)[None], draw(points, sigma=4.0)[None], torch.stack([draw(points), draw(points + 6)])
    assert LEAST_SIGMA <= float(sigma_of(sure).max()) < 0.5  # whole cells cut a Gaussian a little elsewhere
    cut = (1 - 0.2 * (1 - np.log(0.2))) / 0.8  # share of a Gaussian's variance above a fifth of its peak
    assert float(sigma_of(wide).min()) == pytest.approx(((4**2 - 2**2) * cut) ** 0.5, rel=0.05)
    assert float(sigma_of(apart).min()) > 4
    assert float(sigma_of(torch.zeros(1, 1, 17, 64, 64)).min()) > 15


def test_a_factor_makes_a_spread_the_deviation_of_the_error():
    rng = np.random.default_rng(0)
    sigma = rng.uniform(0.5, 2, 20000)
    assert fit_scale(sigma, np.hypot(*rng.normal(0, 3 * sigma, (2, 20000)))) == pytest.approx(3, rel=0.06)
