"""Coordinates noised, and drawn as keypoint and skeleton masks (paper section FDP).

Points lie in cells of a grid (height, width); the centre of the first cell is 0.5. Normalised they run from -1 to 1 over the grid. Widths are
stated for a grid of CELLS rows and scale with it. The same numbers come from TypeScript: fixtures/golden/diffusionpose.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..common.crop import CELLS
from ..common.diffusion import cosine_alphas
from ..common.heatmaps import SIGMA, centres

STEPS = 1000  # of the schedule; step k of the graphs is t = k + 1 of the paper


@dataclass(frozen=True)
class StructureConfig:
    """How coordinates are noised and drawn."""

    zeta: float = 2.0  # signal scale
    sigma: float = SIGMA  # cells
    keypoint: float = 4.0  # delta_kps: reach of the keypoint mask, cells
    limb: float = 2.0  # delta_ske: reach of the skeleton mask, cells
    soft: bool = False  # masks fall off as exp(-d^2 / (2 delta^2)) instead of being 0 or 1


def unit(points: Tensor, grid: tuple[int, int]) -> Tensor:
    """Cells (..., 2) as -1..1."""
    return 2 * points / points.new_tensor([grid[1], grid[0]]) - 1


def cells(points: Tensor, grid: tuple[int, int]) -> Tensor:
    """-1..1 (..., 2) as cells."""
    return (points + 1) / 2 * points.new_tensor([grid[1], grid[0]])


def add_noise(clean: Tensor, noise: Tensor, alpha: Tensor, zeta: float) -> Tensor:
    """y_t of normalised coordinates: sqrt(g) zeta y_0 + sqrt(1 - g) eps; alpha broadcasts."""
    return alpha.sqrt() * zeta * clean + (1 - alpha).sqrt() * noise


def place(state: Tensor, grid: tuple[int, int], zeta: float) -> Tensor:
    """Where a state y_t (..., 2) is drawn: clamped to the grid, in cells."""
    return cells(state.clamp(-zeta, zeta) / zeta, grid)


def to_points(points: Tensor, valid: Tensor, grid: tuple[int, int]) -> Tensor:
    """Squared distance of each cell to the nearest valid point: (B, height, width), infinite where there is none."""
    rows, columns = centres(grid)
    dx, dy = columns[0] - points[..., 0:1], rows[:, 0] - points[..., 1:2]
    square = (dy**2)[..., :, None] + (dx**2)[..., None, :]
    return square.masked_fill(~valid[..., None, None], torch.inf).amin(1)


def to_limbs(points: Tensor, valid: Tensor, limbs: tuple[tuple[int, int], ...], grid: tuple[int, int]) -> Tensor:
    """Squared distance of each cell to the nearest limb between two valid points: (B, height, width)."""
    first, second = (list(ends) for ends in zip(*limbs))
    start, along = points[:, first], points[:, second] - points[:, first]
    rows, columns = centres(grid)
    dx, dy = columns[0] - start[..., 0:1], rows[:, 0] - start[..., 1:2]
    dx, dy = dx[..., None, :], dy[..., :, None]
    x, y = along[..., 0, None, None], along[..., 1, None, None]
    share = ((dx * x + dy * y) / (x**2 + y**2).clamp_min(1e-9)).clamp(0, 1)
    square = (dx - share * x) ** 2 + (dy - share * y) ** 2
    both = valid[:, first] & valid[:, second]
    return square.masked_fill(~both[..., None, None], torch.inf).amin(1)


def masks(points: Tensor, valid: Tensor, limbs: tuple[tuple[int, int], ...], grid: tuple[int, int], config: StructureConfig) -> Tensor:
    """M_kps and M_ske of points (B, J, 2) in cells: (B, 2, height, width)."""
    out = []
    for square, reach in ((to_points(points, valid, grid), config.keypoint), (to_limbs(points, valid, limbs, grid), config.limb)):
        reach = reach * grid[0] / CELLS
        out.append(torch.exp(-square / (2 * reach**2)) if config.soft else (square <= reach**2).float())
    return torch.stack(out, 1)


def alphas_of(steps: int = STEPS) -> Tensor:
    """Cumulative schedule gamma, float64."""
    return cosine_alphas(steps)
