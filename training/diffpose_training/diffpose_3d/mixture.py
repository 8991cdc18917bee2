"""Gaussian mixtures with diagonal covariance in the plane: EM, and the anchors that start the reverse process.

A mixture is an array (..., M, 5) of [pi, mu_x, mu_y, s_x, s_y] (weight, mean, standard deviation).
"""

import numpy as np
import torch
from torch import Tensor

FLOOR = 0.01  # smallest standard deviation, in normalised units (0.5 % of the person)
MISSING_SIGMA = 0.5  # one wide kernel at the box centre for a joint that the detector did not give


def fit_mixture(points: np.ndarray, kernels: int, rng: np.random.Generator, rounds: int = 50, floor: float = FLOOR) -> np.ndarray:
    """EM on points (N, 2) -> (M, 5), heaviest kernel first. Starts from k-means++ seeds, stops at 1e-4 relative gain."""
    n = len(points)
    mean = points[rng.integers(n)][None]
    while len(mean) < kernels:
        gap = ((points[:, None] - mean[None]) ** 2).sum(-1).min(1)
        mean = np.concatenate([mean, points[rng.choice(n, p=gap / gap.sum())][None]])
    variance = np.tile(points.var(0) / kernels + floor**2, (kernels, 1))
    weight, before = np.full(kernels, 1 / kernels), -np.inf
    for _ in range(rounds):
        square = (points[:, None] - mean) ** 2 / variance
        log = np.log(weight) - 0.5 * (square + np.log(2 * np.pi * variance)).sum(-1)  # (N, M)
        top = log.max(1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(log - top).sum(1))
        share = np.exp(log - total[:, None])
        mass = share.sum(0) + 1e-9
        weight, mean = mass / n, share.T @ points / mass[:, None]
        variance = np.maximum((share[:, :, None] * (points[:, None] - mean) ** 2).sum(0) / mass[:, None], floor**2)
        score = total.mean()
        if abs(score - before) < 1e-4 * abs(before):
            break
        before = score
    order = np.argsort(-weight)
    return np.concatenate([weight[order, None] / weight.sum(), mean[order], np.sqrt(variance[order])], 1)


def choose(mixture: Tensor, shape: tuple[int, ...], generator: torch.Generator | None = None) -> Tensor:
    """One kernel a joint at random: mixture (17, M, 5) -> [mu_x, mu_y, s_x, s_y] (*shape, 17, 4)."""
    count = int(np.prod(shape))
    index = torch.multinomial(mixture[..., 0], count, replacement=True, generator=generator)  # (17, count)
    picked = torch.gather(mixture[..., 1:], 1, index[..., None].expand(-1, -1, 4))  # (17, count, 4)
    return picked.transpose(0, 1).reshape(*shape, 17, 4)


def anchor(points: Tensor, pose: Tensor, kernel: Tensor, depth_sigma: Tensor) -> Tensor:
    """mu (5) and sigma (5) of H_K: points (..., 17, 3), encoder pose (..., 17, 3), kernel (..., 17, 4) -> (..., 17, 10).

    A missing joint (score 0) has one wide kernel at the box centre instead.
    """
    missing = points[..., 2:] == 0
    mean = torch.where(missing, torch.zeros_like(kernel[..., :2]), points[..., :2] + kernel[..., :2])
    sigma = torch.where(missing, torch.full_like(kernel[..., 2:], MISSING_SIGMA), kernel[..., 2:])
    return torch.cat([mean, pose, sigma, depth_sigma.expand_as(pose)], -1)
