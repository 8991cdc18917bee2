"""Losses of pose sequences."""

from torch import Tensor

VELOCITY_WEIGHT = 0.5  # of the error of frame-to-frame motion beside MPJPE, both in metres


def pose_loss(pose: Tensor, target: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
    """MPJPE + weighted velocity error of windows (B, F, 17, 3) over the frames inside (B, F) of the clip, and MPJPE; metres."""
    weight = inside.float()
    error = ((pose - target).norm(dim=-1).mean(-1) * weight).sum() / weight.sum()
    both = weight[:, 1:] * weight[:, :-1]
    motion = ((pose.diff(dim=1) - target.diff(dim=1)).norm(dim=-1).mean(-1) * both).sum() / both.sum()
    return error + VELOCITY_WEIGHT * motion, error
