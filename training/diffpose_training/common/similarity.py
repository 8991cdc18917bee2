"""Figures for validation: object keypoint similarity with given boxes, and PCK.

These look at one person a crop and need no ranking; `accuracy` has the evaluator of COCO.
"""

import torch
from torch import Tensor

from .batches import Batch
from .crop import PADDING, SIDE, STRIDE
from .degrade import KINDS
from .joint_sets import COCO17, JointSet

THRESHOLDS = torch.arange(0.5, 0.96, 0.05)
PCK = 0.05  # of the longer side of the box that was cropped


def oks(found: Tensor, truth: Tensor, known: Tensor, area: Tensor, scale: Tensor, joints: JointSet = COCO17) -> Tensor:
    """Similarity (n,) of points in cells; `area` in square px of the frame, `scale` px of the frame a pixel of the crop."""
    distance = ((found[..., :2] - truth) * STRIDE * scale[:, None, None]).square().sum(-1)
    similarity = torch.exp(-distance / (2 * area[:, None] * (2 * torch.tensor(joints.sigmas)) ** 2))
    return (similarity * known).sum(-1) / known.sum(-1).clamp_min(1)


def figures(found: Tensor, truth: Tensor, known: Tensor, area: Tensor, scale: Tensor, joints: JointSet = COCO17) -> dict[str, float]:
    """Mean share of people above the ten OKS thresholds, in percent ("ap": what AP is when all scores are equal); PCK in percent."""
    similarity = oks(found, truth, known, area, scale, joints)[known.any(-1)]
    near = (found[..., :2] - truth).norm(dim=-1) < PCK * SIDE / PADDING / STRIDE
    return {"ap": 100 * (similarity[:, None] >= THRESHOLDS).float().mean().item(), "pck": 100 * near[known].float().mean().item()}


def movenet_as(movenet: Tensor, joints: JointSet) -> Tensor:
    """MoveNet's own decoding with the joints of a set; joints it does not know lie at 0."""
    known = torch.cat([movenet, torch.zeros_like(movenet[:, :1])], 1)
    return known[:, [at if at >= 0 else movenet.shape[1] for at in joints.from_coco]]


def compare(found: Tensor, seen: list[Batch], joints: JointSet = COCO17) -> dict[str, dict[str, dict[str, float]]]:
    """Figures of ours and of MoveNet's decoding, by kind of degradation and over all. MoveNet is left out where it was not asked."""
    gather = {name: torch.cat([getattr(b, name) for b in seen]) for name in ("points", "weight", "peak", "movenet", "meta", "place")}
    known = (gather["peak"] > 0) & (gather["weight"] > 0)
    area, scale, kind = gather["place"][:, 3].float(), gather["place"][:, 2].float(), gather["meta"][:, 0]
    answers, out = {"ours": found}, {}
    if gather["movenet"].any():
        answers["movenet"] = movenet_as(gather["movenet"], joints)
    for name in ("all", *KINDS):
        some = torch.ones_like(kind, dtype=torch.bool) if name == "all" else kind == KINDS.index(name)
        if some.any():
            out[name] = {
                who: figures(points[some], gather["points"][some], known[some], area[some], scale[some], joints) for who, points in answers.items()
            }  # fmt: skip
    return out
