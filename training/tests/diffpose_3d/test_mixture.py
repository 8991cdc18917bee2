"""Mixtures: EM recovers a known one; kernels are drawn by weight; anchors of given and missing joints."""

import numpy as np
import torch

from diffpose_training.diffpose_3d.mixture import MISSING_SIGMA, anchor, choose, fit_mixture


def test_em_recovers_three_kernels():
    rng = np.random.default_rng(0)
    weight, mean = np.array([0.5, 0.3, 0.2]), np.array([[1.0, 1.0], [-1.0, 2.0], [2.0, -1.5]])
    kind = rng.choice(3, 20_000, p=weight)
    points = mean[kind] + rng.normal(0, 1, (20_000, 2)) * np.array([0.1, 0.2])
    found = fit_mixture(points, 3, rng)
    assert np.abs(found[:, 0] - weight).max() < 0.02
    assert (np.abs(found[:, 1:3] - mean) <= 0.02 * np.abs(mean)).all()
    assert np.abs(found[:, 3:] - [0.1, 0.2]).max() < 0.01


def test_chosen_kernels_have_the_mixture_s_moments():
    """At alpha 0 the state is the mixture: kernels by weight, then the kernel's Gaussian."""
    generator = torch.Generator().manual_seed(1)
    mixture = torch.tensor([[0.25, -1.0, 0.0, 0.1, 0.3], [0.75, 1.0, 0.5, 0.2, 0.1]]).expand(17, 2, 5)
    kernel = choose(mixture, (40_000,), generator)
    drawn = kernel[..., :2] + kernel[..., 2:] * torch.randn(40_000, 17, 2, generator=generator)
    mean = torch.tensor([0.5, 0.375])
    spread = torch.tensor([0.75 * 0.25 * 4 + 0.25 * 0.01 + 0.75 * 0.04, 0.75 * 0.25 * 0.25 + 0.25 * 0.09 + 0.75 * 0.01])
    assert (drawn.mean(0) - mean).abs().max() < 0.02
    assert (drawn.var(0) - spread).abs().max() < 0.02


def test_anchor_of_a_missing_joint_is_wide_and_central():
    points = torch.rand(2, 17, 3) + 0.1
    points[0, 3] = 0
    kernel, pose, depth = torch.full((2, 17, 4), 0.05), torch.randn(2, 17, 3), torch.full((17, 3), 0.07)
    given = anchor(points, pose, kernel, depth)
    assert given.shape == (2, 17, 10)
    assert torch.equal(given[0, 3, [0, 1, 5, 6]], torch.tensor([0, 0, MISSING_SIGMA, MISSING_SIGMA]))
    assert torch.allclose(given[1, 4, :2], points[1, 4, :2] + 0.05)
    assert torch.equal(given[..., 2:5], pose)
    assert torch.equal(given[..., 7:], depth.expand(2, 17, 3))
