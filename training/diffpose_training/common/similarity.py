"""Figures for validation: object keypoint similarity with given boxes, and PCK.

These look at one person a crop and need no ranking; `evaluate` has the evaluator of COCO.
"""

import torch
from torch import Tensor

from .crop import PADDING, SIDE, STRIDE

# 2 sigma of the COCO keypoint evaluation.
SPREAD = 2 * torch.tensor([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000.0
THRESHOLDS = torch.arange(0.5, 0.96, 0.05)
PCK = 0.05  # of the longer side of the box that was cropped
LIMBS = {"wrist": [9, 10], "ankle": [15, 16], "elbow": [7, 8], "knee": [13, 14]}


def oks(found: Tensor, truth: Tensor, known: Tensor, area: Tensor, scale: Tensor, spread: Tensor = SPREAD) -> Tensor:
    """Similarity (n,) of points in cells; `area` in square px of the frame, `scale` px of the frame a pixel of the crop; `spread`: 2 sigma of the joints."""
    distance = ((found[..., :2] - truth) * STRIDE * scale[:, None, None]).square().sum(-1)
    similarity = torch.exp(-distance / (2 * area[:, None] * spread.to(distance) ** 2))
    return (similarity * known).sum(-1) / known.sum(-1).clamp_min(1)


def figures(found: Tensor, truth: Tensor, known: Tensor, area: Tensor, scale: Tensor) -> dict[str, float]:
    """Mean share of people above the ten OKS thresholds, in percent ("ap": what AP is when all scores are equal); PCK in percent, also of limbs."""
    some = known.any(-1)
    similarity = oks(found, truth, known, area, scale)[some]
    near = (found[..., :2] - truth).norm(dim=-1) < PCK * SIDE / PADDING / STRIDE
    out = {"ap": 100 * (similarity[:, None] >= THRESHOLDS).float().mean().item(), "pck": 100 * near[known].float().mean().item()}
    for name, joints in LIMBS.items():
        if known[:, joints].any():
            out[name] = 100 * near[:, joints][known[:, joints]].float().mean().item()
    return out
