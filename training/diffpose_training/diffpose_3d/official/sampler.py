"""The official evaluation in a few lines of PyTorch: the golden fixture is made with it (sections 7 and 8)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .build import Kind
from .graformer import GCNdiff, GCNpose
from .graph import JOINTS
from .mixste import MixSTE2

# The mirrored body: joint j of the flipped pose is joint FLIP[j].
FLIP = (0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 11, 12, 13)


@dataclass(frozen=True)
class Estimate:
    """What one window gives, by stage."""

    normalised: Tensor  # (F, 17, 2), width maps to -1..1
    initial: Tensor  # (F, 17, 3), the lifter's answer after flip averaging
    state: Tensor  # (F, 17, 5), u, v, x, y, z after the last step
    pose: Tensor  # (F, 17, 3), metres, root at zero


def normalise(points: Tensor, width: int, height: int) -> Tensor:
    """Pixels to screen coordinates: (2u/w - 1, 2v/w - h/w)."""
    return points * (2.0 / width) - torch.tensor([1.0, height / width], dtype=points.dtype)


def lift(kind: Kind, lifter: GCNpose | MixSTE2, points: Tensor) -> Tensor:
    """(F, 17, 2) -> (F, 17, 3). The video lifter is averaged with its answer to the mirrored points."""
    if kind == "frame":
        return lifter(points)
    order = torch.tensor(FLIP)
    mirrored = points[:, order] * torch.tensor([-1.0, 1.0])
    straight, flipped = lifter(torch.stack([points, mirrored]))
    return (straight + flipped[:, order] * torch.tensor([-1.0, 1.0, 1.0])) / 2


def denoise(network: GCNdiff, start: Tensor, alpha_bar: Sequence[float], steps: Sequence[int]) -> Tensor:
    """DDIM with eta 0 from `start` (P, 17, 5), taken as the state at the first step; it ends at alphaBar 1."""
    state = start
    for index, step in enumerate(steps):
        level = torch.tensor(alpha_bar[step])
        following = torch.tensor(alpha_bar[steps[index + 1]] if index + 1 < len(steps) else 1.0)
        noise = network(state, torch.full((len(state),), float(step)))
        clean = (state - noise * (1 - level).sqrt()) / level.sqrt()
        state = following.sqrt() * clean + (1 - following).sqrt() * noise
    return state


@torch.no_grad()
def estimate(
    kind: Kind, lifter: GCNpose | MixSTE2, denoiser: GCNdiff, points: Tensor, size: tuple[int, int],
    alpha_bar: Sequence[float], steps: Sequence[int],
) -> Estimate:  # fmt: skip
    """One window: `points` (F, 17, 2) px of an image of `size` = (width, height) px."""
    assert points.shape[1:] == (JOINTS, 2)
    normalised = normalise(points, *size)
    initial = lift(kind, lifter, normalised)
    # The frame evaluation moves the root to zero before the diffusion, the video evaluation does not.
    start = initial - initial[:, :1] if kind == "frame" else initial
    state = denoise(denoiser, torch.cat([normalised, start], dim=2), alpha_bar, steps)
    pose = state[:, :, 2:] - state[:, :1, 2:]
    return Estimate(normalised, initial, state, pose)
