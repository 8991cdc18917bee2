"""Diffusion with x0-prediction: schedule, noisy states, DDIM. Nothing here knows a model.

DiffPose-3D works in whitened shifted coordinates w = Sigma^{-1/2} (h - mu), where mu and Sigma belong to a mixture's kernel:
    h_k = mu + sqrt(a_k) (h_0 - mu) + sqrt(1 - a_k) Sigma^{1/2} eps   <=>   w_k = sqrt(a_k) w_0 + sqrt(1 - a_k) eps.
DiffPose-Video works on scaled heatmaps z = scale (2 H - 1).
"""

import math
from typing import Callable

import torch
from torch import Tensor


def cosine_alphas(steps: int = 50, offset: float = 0.008, most: float = 0.999) -> Tensor:
    """Cumulative alphas (K,), falling from about 1 to about 0; each beta is at most `most`."""

    def f(t: float) -> float:
        return math.cos((t + offset) / (1 + offset) * math.pi / 2) ** 2

    betas = [min(most, 1 - f((k + 1) / steps) / f(k / steps)) for k in range(steps)]
    return torch.cumprod(1 - torch.tensor(betas, dtype=torch.float64), 0)


def step_list(count: int, steps: int = 50) -> list[int]:
    """`count` evenly spaced steps from K - 1 down, e.g. 49 39 29 19 9 for 5 of 50."""
    assert 1 <= count <= steps, f"count must be 1..{steps}, got {count}"
    return [steps * (count - i) // count - 1 for i in range(count)]


def add_noise(clean: Tensor, noise: Tensor, alpha: Tensor) -> Tensor:
    """Closed form w_k; alpha broadcasts."""
    return alpha.sqrt() * clean + (1 - alpha).sqrt() * noise


def markov_step(state: Tensor, noise: Tensor, alpha: float, before: float) -> Tensor:
    """One step of the stepwise form: from cumulative alpha `before` to `alpha`."""
    ratio = alpha / before
    return math.sqrt(ratio) * state + math.sqrt(1 - ratio) * noise


def ddim_step(state: Tensor, clean: Tensor, alpha, after) -> Tensor:
    """From cumulative alpha to `after` (1 at the end) with eta 0, given the predicted clean state."""
    alpha, after = torch.as_tensor(alpha), torch.as_tensor(after)
    noise = (state - alpha.sqrt() * clean) / (1 - alpha).sqrt().clamp_min(1e-8)
    return after.sqrt() * clean + (1 - after).clamp_min(0).sqrt() * noise


def sample(denoise: Callable[[Tensor, Tensor], Tensor], start: Tensor, alphas: Tensor, count: int) -> Tensor:
    """DDIM from w_{K-1} = start (P, ...) to w_0; denoise(state, step (P,)) predicts the clean state."""
    state, steps = start, step_list(count, len(alphas))
    for i, k in enumerate(steps):
        after = float(alphas[steps[i + 1]]) if i + 1 < count else 1.0
        clean = denoise(state, torch.full((len(state),), float(k)))
        state = ddim_step(state, clean, float(alphas[k]), after)
    return state


def antithetic_steps(count: int, steps: int, generator: torch.Generator | None = None) -> Tensor:
    """Random steps for a batch: k for one half, K - 1 - k for the other."""
    half = torch.randint(0, steps, ((count + 1) // 2,), generator=generator)
    return torch.cat([half, steps - 1 - half])[:count]
