"""Error bars of heatmaps, and the factors of a spread."""

import numpy as np
import pytest
import torch

from diffpose_training.common.batches import Batch
from diffpose_training.common.calibration import fit_scale
from diffpose_training.common.heatmap_sigma import GRID, LEAST_SIGMA, calibrate, fitted, sigma_of
from diffpose_training.common.heatmaps import draw


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
    assert fit_scale(sigma, np.hypot(*rng.normal(0, 3 * sigma, (2, 20000))), 2, *GRID) == pytest.approx(3, rel=0.06)


def test_each_joint_has_its_factor_and_one_that_is_never_known_keeps_one():
    rng = np.random.default_rng(0)
    sigma, factors = rng.uniform(0.5, 2, (4000, 3)), np.array([1.0, 3.0, 2.0])
    error = np.hypot(*rng.normal(0, factors * sigma, (2, 4000, 3)))
    known = np.ones((4000, 3), bool)
    known[:, 2] = False
    found = fitted(sigma, error, known)
    assert found["sigmaScale"] == [pytest.approx(1, rel=0.1), pytest.approx(3, rel=0.1), 1]
    assert found["ece"] < 0.03 < found["eceRaw"]
    assert found["spearman"] > 0.3


class Drawn:
    """Rows of a cache whose truth is given."""

    def __init__(self, points: torch.Tensor):
        self.points = points

    def __len__(self) -> int:
        return len(self.points)

    def batch(self, rows, frames: int) -> Batch:
        points = self.points[list(rows)]
        weight = torch.ones(points.shape[:2])
        return Batch((), points, weight, weight, *[torch.zeros(len(points), 1)] * 4)


def test_a_calibration_finds_how_far_answers_lie_beside_the_truth():
    rng = torch.Generator().manual_seed(0)
    points = 20 + 24 * torch.rand(400, 2, 2, generator=rng)

    def read(batch: Batch, seed: int):
        """Narrow maps, beside the truth by one cell for the first joint, by two for the second."""
        beside = torch.randn(batch.points.shape, generator=rng) * torch.tensor([1.0, 2.0])[:, None]
        return draw(batch.points + beside)[None], batch.points

    found = calibrate(read, Drawn(points), 0)
    # A sure map has LEAST_SIGMA, and up to 0.3 more because whole cells cut it.
    assert found["sigmaScale"][1] == pytest.approx(2 * found["sigmaScale"][0], rel=0.2)
    assert 2 < found["sigmaScale"][0] < 1 / LEAST_SIGMA * 1.1
    assert found["ece"] < 0.04 < found["eceRaw"]
