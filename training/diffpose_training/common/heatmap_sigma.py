"""Error bars of heatmaps: the library's reading of sets as a standard deviation of each point, and the factors that make it one.

A point's variance along one axis is that of the sets' own points, plus what the mean map is wider than the Gaussians of training.
"""

import argparse
import json
import math
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from .batches import Batch, Cached, in_batches, rows_of
from .calibration import calibration_error, fit_scale
from .heatmaps import SIGMA, read_peaks

LEAST_SIGMA, WIDTH_FLOOR = 0.25, 0.2  # cells; share of the peak below which a cell says nothing about the width
GRID = (0.2, 12, 120)  # factors that are tried: from, to, how many


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


def sigma_of(sets: Tensor, target: float = SIGMA) -> Tensor:
    """Sets (M, *, J, H, W) -> standard deviation (*, J) along one axis, cells, before calibration."""
    points = read_peaks(sets)[..., :2]
    between = points.var(0).mean(-1) if len(sets) > 1 else torch.zeros(points.shape[1:-1])
    return (LEAST_SIGMA**2 + between + excess(sets.mean(0), target)).sqrt()


def fitted(sigma: np.ndarray, error: np.ndarray, known: np.ndarray) -> dict:
    """Factors of each joint from uncalibrated sigma and error (n, J) of known joints, and what they gain. A joint that is never known keeps 1."""
    scales = np.array([fit_scale(sigma[mask, j], error[mask, j], 2, *GRID) if mask.any() else 1.0 for j, mask in enumerate(known.T)])
    scaled, error = (sigma * scales)[known], error[known]
    return {
        "sigmaScale": scales.round(3).tolist(), "ece": round(calibration_error(scaled, error, 2), 4),
        "eceRaw": round(calibration_error(sigma[known], error, 2), 4), "spearman": round(float(stats.spearmanr(scaled, error).statistic), 3),
    }  # fmt: skip


@torch.no_grad()
def calibrate(read: Callable[[Batch, int], tuple[Tensor, Tensor]], cached: Cached, frames: int, target: float = SIGMA, most: int | None = None) -> dict:
    """The same on a validation set. `read(batch, seed)`: sets (M, B, J, H, W) and true points (B, J, 2), in cells of these maps; `target`: width of a
    sure map."""

    def answer(batch: Batch, seed: int) -> Tensor:
        sets, truth = read(batch, seed)
        error = (read_peaks(sets.mean(0))[..., :2] - truth).norm(dim=-1)
        return torch.stack([sigma_of(sets, target), error.double()], -1)

    found, seen = in_batches(answer, cached, rows_of(cached, most), frames, 16)
    sigma, error = (part.numpy() for part in found.unbind(-1))
    return fitted(sigma, error, torch.cat([(batch.peak > 0) & (batch.weight > 0) for batch in seen]).numpy())


def parser_of(doc: str, system: str) -> argparse.ArgumentParser:
    """The command line of a calibration."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path(f"runs/{system}"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache/val"))
    parser.add_argument("--out", type=Path, default=None, help="default RUNS/sigma_scale.json")
    parser.add_argument("--most", type=int, default=None, help="people or windows")
    parser.add_argument("--threads", type=int, default=2)
    return parser


def write_scales(args: argparse.Namespace, step: int, content: dict) -> None:
    """What such a program found."""
    text = json.dumps({"split": "val", "step": step, **content})
    (args.out or args.runs / "sigma_scale.json").write_text(text + "\n")
    print(text)


def read_scales(runs: Path) -> dict:
    """What RUNS/sigma_scale.json says; nothing before there is one."""
    file = runs / "sigma_scale.json"
    return json.loads(file.read_text()) if file.exists() else {}
