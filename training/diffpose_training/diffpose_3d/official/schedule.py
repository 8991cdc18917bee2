"""Noise schedule and step lists of the official configurations (specification sections 4.2, 7 and 8.7)."""

import numpy as np

STEPS = 51
BETA_FIRST = 1e-4
BETA_LAST = 1e-3
# (first index, number of steps) of the evaluation; the list is range(0, first, first // steps), walked from its end.
_EVALUATION = {
    ("frame", "cpn"): (24, 2),
    ("frame", "gt"): (12, 2),
    ("video", "cpn"): (6, 1),
    ("video", "gt"): (12, 2),
}
# Std of the noise that the video evaluation scales (u, v, x, y, z) with, before the factor sqrt(1 - alphaBar).
NOISE_SCALE = (0.1, 0.1, 1.0, 1.0, 1.0)


def alpha_bar() -> list[float]:
    """Cumulative product of 1 - beta, beta linear: 51 numbers from 0.9999 to 0.97233."""
    return np.cumprod(1.0 - np.linspace(BETA_FIRST, BETA_LAST, STEPS)).tolist()


def step_list(kind: str, points: str) -> list[int]:
    """Steps of the sampler, largest first. `kind` is frame or video, `points` cpn or gt."""
    if (kind, points) not in _EVALUATION:
        raise ValueError(f"Cannot choose steps as the input must be frame or video, cpn or gt: {kind}, {points}")
    first, count = _EVALUATION[kind, points]
    return list(range(0, first, first // count))[::-1]
