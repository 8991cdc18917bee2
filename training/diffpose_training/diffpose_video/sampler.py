"""From a window to heatmaps: pure noise, DDIM steps, mean over sets."""

from typing import Callable

import torch
from torch import Tensor

from ..common.diffusion import cosine_alphas, ddim_step, step_list

STEPS = 1000  # of the schedule
SCALE = 1.0  # z = SCALE * (2 H - 1)


def to_state(heatmaps: Tensor, scale: float = SCALE) -> Tensor:
    """Heatmaps 0..1 as a clean state."""
    return scale * (2 * heatmaps - 1)


def noise_of(shape: tuple[int, ...], seed: int, kind: str = "normal") -> Tensor:
    """One set's start for a window: N(0, I) of a seed, or zeros (ablation)."""
    if kind == "zeros":
        return torch.zeros(shape)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def sample(denoise: Callable[[Tensor, Tensor], Tensor], start: Tensor, alphas: Tensor, steps: int, scale: float = SCALE) -> Tensor:
    """DDIM with eta 0 (paper section 3): start (M, 17, 64, 64) -> heatmaps, clipped to 0..1. `denoise(state, step (M,))`."""
    state, indices = start, step_list(steps, len(alphas))
    heatmaps = state
    for i, index in enumerate(indices):
        heatmaps = denoise(state, torch.full((len(state),), float(index))).clamp(0, 1)
        after = float(alphas[indices[i + 1]]) if i + 1 < steps else 1.0
        state = ddim_step(state, to_state(heatmaps, scale), float(alphas[index]), after)
    return heatmaps


@torch.no_grad()
def heatmaps_of(
    model, inputs: tuple[Tensor, ...], sets: int = 1, steps: int = 1, seed: int = 0, start: str = "normal", scale: float = SCALE,
    alphas: Tensor | None = None, each: bool = False,
) -> Tensor:  # fmt: skip
    """Mean heatmaps (B, 17, 64, 64) of a batch of windows, or with `each` those of every set (sets, B, ...). Window b, set m of a seed
    start from the same noise whatever `sets` is."""
    if not model.config.diffusion:
        heatmaps = model.head(*inputs).clamp(0, 1)
        return heatmaps[None] if each else heatmaps
    alphas = cosine_alphas(STEPS) if alphas is None else alphas
    maps = model.encode(*inputs)
    shape = tuple(maps[0].shape)
    out, total = [], torch.zeros(shape)
    for m in range(sets):
        one = sample(lambda z, t: model.denoise(z, t, *maps), noise_of(shape, 1_000_003 * seed + m, start), alphas, steps, scale)
        total += one
        if each:
            out.append(one)
    return torch.stack(out) if each else total / sets
