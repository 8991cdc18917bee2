"""Golden numbers that hold TypeScript and Python together: inputs by a formula, answers of PyTorch at some places."""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..common.diffusion import cosine_alphas, step_list
from ..common.heatmaps import draw, read_peaks
from .graphs import ENCODE_INPUTS, MAPS
from .model import DiffposeVideo
from .sampler import STEPS, sample

RANGES = {"heatmaps": (-10.0, 1.0), "features_4": (0.0, 2.0), "features_8": (0.0, 20.0), "features_16": (0.0, 20.0), "features_32": (-300.0, 300.0)}
NOISE = (-1.7, 1.7)
MULTIPLIER = 2654435761
PLACES = 64  # values that are kept of each output
FORMULA = "value[i] = low + (high - low) * u, u = ((i + shift + 1) * 2654435761 mod 2^32, xor its upper 16 bits, times 2654435761 mod 2^32) / 2^32"


def filled(shape: tuple[int, ...], low: float, high: float, shift: int = 0) -> Tensor:
    """Numbers that any language makes alike, float32."""
    count = int(np.prod(shape))
    value = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(shift)) * np.uint64(MULTIPLIER) & np.uint64(0xFFFFFFFF)
    value = (value ^ (value >> np.uint64(16))) * np.uint64(MULTIPLIER) & np.uint64(0xFFFFFFFF)
    return torch.from_numpy((low + (high - low) * (value.astype(np.float64) / 2**32)).astype(np.float32).reshape(shape))


def some_of(value: Tensor) -> dict:
    """Shape, mean, and values at even places of a flat output."""
    flat = value.detach().double().flatten()
    at = torch.linspace(0, len(flat) - 1, PLACES).long()
    return {
        "shape": list(value.shape), "mean": round(float(flat.mean()), 7), "at": at.tolist(), "values": [round(float(v), 6) for v in flat[at]],
    }  # fmt: skip


@torch.no_grad()
def golden(model: DiffposeVideo) -> dict:
    """One window, one pass with two sets at two steps, one DDIM run of two steps, and the geometry of heatmaps."""
    frames = model.config.frames
    shapes = {
        "heatmaps": (1, frames, 17, 64, 64), "features_4": (1, 24, 64, 64), "features_8": (1, frames, 24, 32, 32),
        "features_16": (1, frames, 32, 16, 16), "features_32": (1, frames, 64, 8, 8),
    }  # fmt: skip
    inputs = [filled(shapes[name], *RANGES[name], shift=1000 * i) for i, name in enumerate(ENCODE_INPUTS)]
    maps = model.encode(*inputs)
    noisy, steps = filled((2, 17, 64, 64), *NOISE, shift=7), torch.tensor([999.0, 499.0])
    clean = model.denoise(noisy, steps, *maps)
    start = filled((1, 17, 64, 64), *NOISE, shift=11)
    run = sample(lambda z, t: model.denoise(z, t, *maps), start, cosine_alphas(STEPS), 2)
    alphas, list_of = cosine_alphas(STEPS), {str(n): step_list(n, STEPS) for n in (1, 2, 4, 8)}
    points = torch.tensor([[10.25, 20.7], [40.5, 33.1]])
    return {
        "provenance": {"madeBy": "python -m diffpose_training.diffpose_video.export", "torch": torch.__version__, "dtype": "float32"},
        "formula": FORMULA,
        "inputs": {n: {"shape": list(shapes[n]), "low": RANGES[n][0], "high": RANGES[n][1], "shift": 1000 * i} for i, n in enumerate(ENCODE_INPUTS)},
        "encode": {name: some_of(value) for name, value in zip(MAPS, maps)},
        "denoise": {"noisy": {"shape": [2, 17, 64, 64], "low": NOISE[0], "high": NOISE[1], "shift": 7}, "step": steps.tolist(), "clean": some_of(clean)},
        "ddim": {
            "noisy": {"shape": [1, 17, 64, 64], "low": NOISE[0], "high": NOISE[1], "shift": 11}, "steps": 2,
            "heatmaps": some_of(run), "peaks": [[round(float(v), 5) for v in peak] for peak in read_peaks(run)[0]],
        },
        "schedule": {"at": [0, 1, 249, 499, 749, 998, 999], "alphaBar": [float(f"{alphas[i]:.12g}") for i in (0, 1, 249, 499, 749, 998, 999)], "stepList": list_of},
        "gaussian": {"points": points.tolist(), "sigma": 2.0, "maps": some_of(draw(points))},
    }  # fmt: skip


def write(file: Path, content: dict) -> None:
    """Compact JSON, one line a top-level field."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    file.write_text("{\n" + lines + "\n}\n")
