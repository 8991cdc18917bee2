"""Error bars: the library's reading of sets as a standard deviation of each point, and the factors that make it one.

    python -m diffpose_training.diffpose_video.calibration            # fits RUNS/sigma_scale.json on validation windows

A point's variance along one axis is that of the sets' own points, plus what the mean map is wider than the Gaussians of training.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from ..common.batches import Cached
from ..common.heatmaps import SIGMA, read_peaks
from .evaluate import DEFAULT, load_model
from .sampler import heatmaps_of

LEAST_SIGMA, WIDTH_FLOOR = 0.25, 0.2  # cells; share of the peak below which a cell says nothing about the width
LEVELS = np.arange(0.1, 0.95, 0.1)
QUANTILES = stats.chi.ppf(LEVELS, 2)  # two axes
GRID = np.exp(np.linspace(np.log(0.2), np.log(12), 120))


def excess(maps: Tensor, target: float = SIGMA) -> Tensor:
    """How much wider a map (*, H, W) is than a Gaussian of `target` cells: difference of the variances along one axis, at least 0."""
    height, width = maps.shape[-2:]
    peak = maps.amax((-1, -2), keepdim=True)
    value = torch.where(maps >= WIDTH_FLOOR * peak, maps, torch.zeros_like(maps)).double()
    row, column = torch.arange(height).double()[:, None], torch.arange(width).double()
    total = value.sum((-1, -2)).clamp_min(1e-12)
    x, y = (value * column).sum((-1, -2)) / total, (value * row).sum((-1, -2)) / total
    squares = (value * (column**2 + row**2)).sum((-1, -2)) / total
    sure = target**2 * (1 - WIDTH_FLOOR * (1 - math.log(WIDTH_FLOOR))) / (1 - WIDTH_FLOOR)
    found = ((squares - x**2 - y**2) / 2 - sure).clamp_min(0)
    return torch.where(peak[..., 0, 0] > 0, found, torch.full_like(found, height * width / 12))


def sigma_of(sets: Tensor) -> Tensor:
    """Sets (M, *, 17, H, W) -> standard deviation (*, 17) along one axis, cells, before calibration."""
    points = read_peaks(sets)[..., :2]
    between = points.var(0).mean(-1) if len(sets) > 1 else torch.zeros(points.shape[1:-1])
    return (LEAST_SIGMA**2 + between + excess(sets.mean(0))).sqrt()


def coverage(sigma: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Share of errors inside of each nominal level."""
    return np.array([(error <= q * sigma).mean() for q in QUANTILES])


def fit_scale(sigma: np.ndarray, error: np.ndarray) -> float:
    """The factor with the least calibration error."""
    return float(min(GRID, key=lambda g: np.abs(coverage(g * sigma, error) - LEVELS).mean()))


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/diffpose_video"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache/val"))
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model, windows = load_model(args.runs / f"{args.name}.pt"), Cached(args.cache)
    sigmas, errors, known = [], [], []
    for first in range(0, len(windows), 16):
        batch = windows.batch(range(first, min(first + 16, len(windows))), model.config.frames)
        sets = heatmaps_of(model, batch.inputs, seed=first, each=True, **DEFAULT)
        sigmas.append(sigma_of(sets))
        errors.append((read_peaks(sets.mean(0))[..., :2] - batch.points).norm(dim=-1))
        known.append((batch.peak > 0) & (batch.weight > 0))
    sigma, error, mask = torch.cat(sigmas).numpy(), torch.cat(errors).numpy(), torch.cat(known).numpy()
    scales = np.array([fit_scale(sigma[mask[:, j], j], error[mask[:, j], j]) for j in range(17)])
    scaled = (sigma * scales)[mask]
    content = {
        "split": "val", "step": torch.load(args.runs / f"{args.name}.pt", weights_only=True)["step"], "sigmaScale": scales.round(3).tolist(),
        "ece": round(float(np.abs(coverage(scaled, error[mask]) - LEVELS).mean()), 4),
        "eceRaw": round(float(np.abs(coverage(sigma[mask], error[mask]) - LEVELS).mean()), 4),
        "spearman": round(float(stats.spearmanr(scaled, error[mask]).statistic), 3),
    }  # fmt: skip
    (args.runs / "sigma_scale.json").write_text(json.dumps(content) + "\n")
    print(json.dumps(content))


if __name__ == "__main__":
    main()
