"""The fixed test protocol: every clip of a split cut into windows, each filmed by one seeded camera and detector.

Bodies stay as captured; 27 frames at 25 frames a second, windows end to end, no window beyond a clip's ends.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from . import cache as caches
from .batches import observe
from .cache import Cache
from .data import SOURCE_FPS, Mocap
from .detector import DetectorConfig
from .lifting_input import FRAMES

STRIDE = 2.0
SEED = 2023


@dataclass(frozen=True)
class Scene:
    """Windows of one split as the frozen encoder sees them, and the source kind of each."""

    cache: Cache
    kind: list[str]


def windows(mocap: Mocap, views: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """All windows of a split, `views` times: joints (n, F, 17, 3), dt (n,), kinds."""
    span = int(STRIDE) * (FRAMES - 1)
    clips, firsts = [], []
    for clip, length in enumerate(mocap.length):
        starts = range(0, length - span, span + int(STRIDE))
        clips += [clip] * len(starts)
        firsts += list(starts)
    clips, firsts = np.tile(clips, views), np.tile(firsts, views)
    joints = mocap.cut(clips, firsts, np.full(len(clips), STRIDE))
    return joints, np.full(len(clips), STRIDE / SOURCE_FPS), [mocap.kind[c] for c in clips]


def scene(mocap: Mocap, encoder: nn.Module, views: int = 1, seed: int = SEED) -> Scene:
    """The split as the encoder sees it."""
    joints, dt, kinds = windows(mocap, views)
    rng = np.random.default_rng(seed)
    batch = observe(joints, dt, rng, detector=replace(DetectorConfig(), edge=0.0))
    cache = caches.encode(encoder, batch)
    return Scene(cache, kinds)


@torch.no_grad()
def join_features(join: nn.Module, cache: Cache, chunk: int = 64) -> tuple[Tensor, Tensor]:
    """The denoiser's features (N, F, 17, C) of a cache, and the poses of the join's second look."""
    features, poses = [], []
    for given, points, pose in zip(cache.features.split(chunk), cache.points.split(chunk), cache.pose.split(chunk)):
        second_pose, second = join.second_look(points)
        features.append(join.combine(given.float(), pose, second_pose, second))
        poses.append(second_pose)
    return torch.cat(features), torch.cat(poses)


@torch.no_grad()
def run_lifter(net: nn.Module, points: Tensor, chunk: int = 64) -> Tensor:
    """Poses of the baseline or the encoder."""
    return torch.cat([net(part)[0] for part in points.split(chunk)])
