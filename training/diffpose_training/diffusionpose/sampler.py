"""Inference (paper section RDP): from the coarse heatmaps, or from random coordinates, to heatmaps.

A, feedback: places of the last answer are drawn again, masks come from them, the decoder answers; no randomness. B, coordinates: DDIM on the noisy
coordinates, drawn and masked at each step; starts are random, their mean and spread are an ensemble's. `denoise(noisy, masks, step)` is the decoder of
a batch of crops. Step k of the graphs is t = k + 1 of the paper.
"""

import math
from typing import Callable

import torch
from torch import Tensor

from ..common.diffusion import step_list
from ..common.heatmaps import draw, read_peaks
from .model import DiffusionPose, ModelConfig
from .structure import STEPS, add_noise, alphas_of, masks, place, unit

LEAST = 0.05  # a joint whose peak is lower is left out of masks and drawings
START = 300  # t at which A, and B from the coarse heatmaps, begin
DEFAULT = {"sampler": "feedback", "steps": 2, "again": False}
# The library's samplers, with the steps and hypotheses that error bars are fitted with.
PLANS = {"feedback": DEFAULT, "coordinates": {"sampler": "coarse", "steps": 2, "hypotheses": 5}}
Decoder = Callable[[Tensor, Tensor, Tensor], Tensor]


def feedback_steps(count: int, start: int = START) -> list[int]:
    """Steps of A: t = round(linspace(start, 1, count)), halves up, less one."""
    return [math.floor(start + (1 - start) * i / max(count - 1, 1) + 0.5) - 1 for i in range(count)]


def coordinate_steps(count: int, start: int = STEPS) -> list[int]:
    """Steps of B: evenly from start - 1 down."""
    return step_list(count, start)


def found_in(heatmaps: Tensor) -> tuple[Tensor, Tensor]:
    """Places (B, J, 2) in cells and whether a joint is there."""
    peaks = read_peaks(heatmaps)
    return peaks[..., :2], peaks[..., 2] >= LEAST


def decoded(denoise: Decoder, points: Tensor, valid: Tensor, drawn: Tensor | None, step: int, config: ModelConfig) -> Tensor:
    """One pass of the decoder with joints at `points`; those not in `drawn` have an empty map (None: all are drawn)."""
    structure = config.structure
    noisy = draw(points, config.grid, structure.sigma, drawn)
    guide = masks(points, valid, config.set.limbs, config.grid, structure)
    return denoise(noisy, guide, torch.full((len(points),), float(step)))


def feedback(denoise: Decoder, coarse: Tensor, config: ModelConfig, steps: int, start: int = START, again: bool = False) -> Tensor:
    """Sampler A: coarse heatmaps (B, J, h, w) -> heatmaps. Answers are fed as they are, or with `again` drawn again as Gaussians before."""
    heatmaps = coarse
    for step in feedback_steps(steps, start):
        points, valid = found_in(heatmaps)
        if again:
            heatmaps = decoded(denoise, points, valid, valid, step, config)
        else:
            guide = masks(points, valid, config.set.limbs, config.grid, config.structure)
            heatmaps = denoise(heatmaps.clamp(0, 1), guide, torch.full((len(points),), float(step)))
    return heatmaps.clamp(0, 1)


def ddim_step(state: Tensor, clean: Tensor, alpha: float, after: float, zeta: float, eta: float = 0.0, noise: Tensor | None = None) -> Tensor:
    """Coordinates from cumulative alpha to `after` (1: the end), given the clean ones, normalised."""
    goal = zeta * clean
    if after >= 1:
        return goal
    rest = (state - math.sqrt(alpha) * goal) / math.sqrt(max(1 - alpha, 1e-12))
    fresh = eta * math.sqrt(max((1 - alpha / after) * (1 - after) / (1 - alpha), 0.0))
    out = math.sqrt(after) * goal + math.sqrt(max(1 - after - fresh**2, 0.0)) * rest
    return out if noise is None else out + fresh * noise


def coordinates(
    denoise: Decoder, coarse: Tensor, noise: Tensor, config: ModelConfig, steps: int, start: int | None = None, eta: float = 0.0,
    fresh: Callable[[int], Tensor] | None = None,
) -> Tensor:  # fmt: skip
    """Sampler B: noise (B, J, 2) -> heatmaps. Without `start` the noise alone is where it begins (t = T), else the coarse heatmaps' places noised
    to t = start. `fresh(i)`: noise of step i, needed with eta above 0."""
    alphas, zeta = alphas_of(), config.structure.zeta
    points, valid = found_in(coarse)
    state = noise
    if start is not None:
        middle = torch.where(valid[..., None], unit(points, config.grid), torch.zeros_like(points))
        state = add_noise(middle, noise, alphas[start - 1].float(), zeta)
    indices = coordinate_steps(steps, start or STEPS)
    heatmaps = coarse
    for i, step in enumerate(indices):
        heatmaps = decoded(denoise, place(state, config.grid, zeta), valid, None, step, config)
        points, valid = found_in(heatmaps)
        clean = torch.where(valid[..., None], unit(points, config.grid), torch.zeros_like(points))
        after = float(alphas[indices[i + 1]]) if i + 1 < steps else 1.0
        state = ddim_step(state, clean, float(alphas[step]), after, zeta, eta, fresh(i) if fresh else None)
    return heatmaps.clamp(0, 1)


def noise_of(shape: tuple[int, ...], seed: int) -> Tensor:
    """One hypothesis' start."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def heatmaps_of(
    model: DiffusionPose, inputs: tuple[Tensor, ...], steps: int = 2, sampler: str = "feedback", hypotheses: int = 1, seed: int = 0,
    start: int = START, again: bool = False, eta: float = 0.0, each: bool = False,
) -> Tensor:  # fmt: skip
    """Heatmaps (B, J, h, w) of a batch of crops, or with `each` those of every hypothesis (M, B, ...).

    No steps: the convolution head. Samplers: "feedback" (A), "noise" (B from random coordinates), "coarse" (B from the coarse heatmaps).
    """
    maps, config = model.encode(*inputs), model.config
    coarse = maps[0]
    if steps == 0 or sampler == "feedback":
        one = coarse.clamp(0, 1) if steps == 0 else feedback(lambda *x: model.denoise(*x, *maps), coarse, config, steps, start, again)
        return one[None] if each else one
    shape, out = (*coarse.shape[:2], 2), []
    for m in range(hypotheses):
        first = 1_000_003 * seed + 101 * m
        fresh = (lambda i, first=first: noise_of(shape, first + 1 + i)) if eta > 0 else None
        begin = start if sampler == "coarse" else None
        out.append(coordinates(lambda *x: model.denoise(*x, *maps), coarse, noise_of(shape, first), config, steps, begin, eta, fresh))
    return torch.stack(out) if each else torch.stack(out).mean(0)
