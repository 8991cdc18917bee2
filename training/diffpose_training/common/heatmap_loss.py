"""The loss of heatmaps, and how much joints count."""

import torch
from torch import Tensor

from .crop import CELLS
from .heatmaps import SIGMA
from .joint_sets import COCO17, JointSet

IMPORTANCE = {"elbow": 1.2, "knee": 1.2, "wrist": 1.5, "ankle": 1.5}


def heatmap_loss(answer: Tensor, target: Tensor, weight: Tensor, joints: JointSet = COCO17, sigma: float = SIGMA) -> Tensor:
    """Squared error summed over a map (B, J, h, w), weighted by joint (B, J), in units of an empty answer's to one joint."""
    mass = torch.pi * (sigma * answer.shape[-2] / CELLS) ** 2
    error = (answer.float() - target).square().sum((-1, -2)) / mass
    weight = weight * torch.tensor([IMPORTANCE.get(joint.split("_")[-1], 1.0) for joint in joints.joints])
    return (weight * error).sum() / weight.sum().clamp_min(1)
