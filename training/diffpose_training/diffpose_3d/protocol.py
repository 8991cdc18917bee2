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
    """Encoded windows of one split; `join` holds the denoiser's features when there is a denoiser."""

    cache: Cache
    kind: list[str]

    def every(self, step: int) -> slice:
        """Frames of a window that a subset looks at, away from its ends first."""
        return slice(step // 2, None, step)


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
def join_features(join: nn.Module, cache: Cache, chunk: int = 64) -> Tensor:
    """The denoiser's features (N, F, 17, C) of a cache."""
    parts = zip(cache.features.split(chunk), cache.points.split(chunk), cache.pose.split(chunk))
    return torch.cat([join(f.float(), points, pose) for f, points, pose in parts])


@torch.no_grad()
def run_lifter(net: nn.Module, points: Tensor, chunk: int = 64) -> Tensor:
    """Poses of the baseline or the encoder."""
    return torch.cat([net(part)[0] for part in points.split(chunk)])
