"""Pose errors of the field; poses (..., 17, 3) in metres, hip at zero, answers in millimetres."""

import torch
from torch import Tensor


def mpjpe(pose: Tensor, target: Tensor) -> Tensor:
    """Mean distance over joints, all 17 (the hip counts with zero error), per frame (...,)."""
    return 1000 * (pose - target).norm(dim=-1).mean(-1)


def n_mpjpe(pose: Tensor, target: Tensor) -> Tensor:
    """MPJPE after the best common scale of each frame."""
    scale = (pose * target).sum((-1, -2), keepdim=True) / (pose * pose).sum((-1, -2), keepdim=True).clamp_min(1e-12)
    return mpjpe(scale * pose, target)


def procrustes(pose: Tensor, target: Tensor) -> Tensor:
    """`pose` moved onto `target` by the best similarity transform of each frame, reflections excluded."""
    mean_x, mean_y = target.mean(-2, keepdim=True), pose.mean(-2, keepdim=True)
    x, y = target - mean_x, pose - mean_y
    norm_x, norm_y = (z.square().sum((-1, -2), keepdim=True).sqrt().clamp_min(1e-12) for z in (x, y))
    u, s, vt = torch.linalg.svd((x / norm_x).transpose(-1, -2) @ (y / norm_y))
    sign = torch.ones_like(s)
    sign[..., -1] = torch.sign(torch.linalg.det(vt.transpose(-1, -2) @ u.transpose(-1, -2)))
    rotation = vt.transpose(-1, -2) @ (sign[..., None] * u.transpose(-1, -2))
    scale = (s * sign).sum(-1)[..., None, None] * norm_x / norm_y
    return scale * y @ rotation + mean_x


def p_mpjpe(pose: Tensor, target: Tensor) -> Tensor:
    """MPJPE after Procrustes alignment of each frame."""
    return mpjpe(procrustes(pose, target), target)


def mpjve(pose: Tensor, target: Tensor) -> Tensor:
    """Mean error of first differences between neighbouring frames (..., F, 17, 3) -> (..., F - 1), mm per frame."""
    return mpjpe(pose.diff(dim=-3), target.diff(dim=-3))
