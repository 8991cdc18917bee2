"""Heatmaps: drawn from points, read back. Cells are continuous; the centre of the first one is 0.5."""

import torch
from torch import Tensor

from .crop import CELLS

SIGMA = 2.0  # cells of a grid of 64 rows
TINY = 1e-12


def centres(grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Rows (height, 1) and columns (1, width) of cell centres."""
    return torch.arange(grid[0])[:, None] + 0.5, torch.arange(grid[1])[None] + 0.5


def draw(points: Tensor, grid: tuple[int, int] = (CELLS, CELLS), sigma: float = SIGMA, valid: Tensor | None = None) -> Tensor:
    """Gaussians with peak 1 of points (..., J, 2) in cells: (..., J, height, width); empty where not valid. `sigma` is stated for a grid of 64 rows."""
    rows, columns = centres(grid)
    sigma = sigma * grid[0] / CELLS
    across = torch.exp(-((columns[0] - points[..., 0:1]) ** 2) / (2 * sigma**2))
    down = torch.exp(-((rows[:, 0] - points[..., 1:2]) ** 2) / (2 * sigma**2))
    if valid is not None:
        down = down * valid[..., None]
    return down[..., :, None] * across[..., None, :]


def refine(before: Tensor, middle: Tensor, after: Tensor) -> Tensor:
    """Top of a parabola through the logarithms of three values: exact for a Gaussian."""
    a, b, c = (v.clamp_min(TINY).log() for v in (before, middle, after))
    curvature = a - 2 * b + c
    shift = ((a - c) / (2 * curvature)).clamp(-0.5, 0.5)
    return torch.where((curvature < 0) & (before > 0) & (after > 0), shift, torch.zeros_like(shift))


def read_peaks(maps: Tensor) -> Tensor:
    """Strongest place of each map (*, H, W): (*, 3) x, y in cells, value; (0, 0, 0) for a map without a positive value."""
    height, width = maps.shape[-2:]
    flat = maps.flatten(-2)
    score, at = flat.max(-1)
    row, column = at // width, at % width

    def value(r: Tensor, c: Tensor) -> Tensor:
        return flat.gather(-1, (r * width + c)[..., None])[..., 0]

    dx = refine(value(row, (column - 1).clamp_min(0)), score, value(row, (column + 1).clamp_max(width - 1)))
    dy = refine(value((row - 1).clamp_min(0), column), score, value((row + 1).clamp_max(height - 1), column))
    dx = torch.where((column > 0) & (column < width - 1), dx, torch.zeros_like(dx))
    dy = torch.where((row > 0) & (row < height - 1), dy, torch.zeros_like(dy))
    found = torch.stack([column + 0.5 + dx, row + 0.5 + dy, score], -1)
    return torch.where(score[..., None] > 0, found, torch.zeros_like(found))
