"""Motion capture windows at any frame rate, with the body, the mirror image and the clip drawn at random.

Data: three files train.npz, val.npz, test.npz of one array set (README.md of training/ says how to get them):
rel (N, 17, 3) joints minus hip, root (N, 3), start (C + 1), kind (C); 50 frames a second, metres, z up.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .lifting_input import FRAMES
from .skeleton import MIRROR, PARENT

SOURCE_FPS = 50.0
# A third of the frames is salsa, retargeted to one slim figure; "mimic" lost its hinges. Weight of a frame by its kind.
KIND_WEIGHT = {"amc": 1.0, "bvh": 1.0, "bvh-1body": 0.7, "amc-proxy": 0.7, "daz": 0.4, "mimic": 0.7}
STRIDE = (SOURCE_FPS / 60, SOURCE_FPS / 10)  # source frames between two window frames: 60 to 10 frames a second


def default_data_dir() -> Path:
    """DIFFPOSE_MOCAP, or ../shared/data/mocap beside the repository."""
    repo = Path(__file__).resolve().parents[3]
    return Path(os.environ.get("DIFFPOSE_MOCAP", repo.parent / "shared" / "data" / "mocap"))


@dataclass(frozen=True)
class Windows:
    """A batch of windows: world joints (B, F, 17, 3) in metres and the time between two frames (B,) in seconds."""

    joints: np.ndarray
    dt: np.ndarray


class Mocap:
    """One split, held in memory; windows never run over a clip's end."""

    def __init__(self, file: Path):
        with np.load(file) as z:
            self.rel, self.root = z["rel"], z["root"].astype(np.float32)
            self.start = z["start"].astype(np.int64)
            self.kind = [str(k) for k in z["kind"]]
        self.length = np.diff(self.start)
        self.weight = np.array([KIND_WEIGHT[k] for k in self.kind])

    def draw(self, rng: np.random.Generator, batch: int, frames: int = FRAMES) -> Windows:
        """`batch` windows; clips by frames and kind, rates log-uniform from 10 to 60 frames a second."""
        stride = np.exp(rng.uniform(np.log(STRIDE[0]), np.log(STRIDE[1]), batch))
        longest = (self.length.max() - 1) / (frames - 1)
        stride = np.minimum(stride, longest)
        room = self.length[None] - 1 - stride[:, None] * (frames - 1)  # (B, C) start positions in each clip
        mass = np.where(room >= 0, self.length * self.weight, 0.0)
        total = np.cumsum(mass, 1)
        clip = (total < (rng.uniform(0, 1, batch) * total[:, -1])[:, None]).sum(1)
        clip = np.minimum(clip, len(self.length) - 1)
        first = rng.uniform(0, 1, batch) * np.maximum(room[np.arange(batch), clip], 0)
        return Windows(self.cut(clip, first, stride, frames), stride / SOURCE_FPS)

    def cut(self, clip, first, stride, frames: int = FRAMES) -> np.ndarray:
        """Windows (B, F, 17, 3) by linear interpolation: frames first, first + stride, ... of each clip."""
        time = np.asarray(first)[:, None] + np.asarray(stride)[:, None] * np.arange(frames)  # (B, F)
        low = np.floor(time).astype(np.int64)
        part = (time - low)[..., None, None].astype(np.float32)
        last = self.start[np.asarray(clip) + 1][:, None] - 1
        a = np.minimum(self.start[clip][:, None] + low, last)
        b = np.minimum(a + 1, last)
        return (1 - part) * self.at(a) + part * self.at(b)

    def at(self, index: np.ndarray) -> np.ndarray:
        """World joints of frames."""
        return self.rel[index].astype(np.float32) + self.root[index][..., None, :]


def vary_bones(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other bodies with the same motion: symmetric bone lengths, one body a window (B, F, 17, 3); 15 % stay as they are.

    A detector's hips are wider and its shoulders narrower than the capture skeleton's.
    """
    batch = len(joints)
    bones = joints - joints[:, :, np.maximum(PARENT, 0)]
    bones[:, :, 0] = 0
    length = np.linalg.norm(bones, axis=-1).mean(1)  # (B, 17)
    factor = np.ones((batch, 17))
    factor[:, [1, 4]] = (rng.uniform(0.085, 0.14, batch) / np.maximum(length[:, [1, 4]].mean(1), 1e-3))[:, None]
    factor[:, [11, 14]] = (rng.uniform(0.13, 0.205, batch) / np.maximum(length[:, [11, 14]].mean(1), 1e-3))[:, None]
    for pair in ([2, 5], [3, 6], [12, 15], [13, 16]):
        factor[:, pair] = rng.uniform(0.9, 1.1, batch)[:, None]
    factor[:, 7:9] = rng.uniform(0.92, 1.08, (batch, 2))
    factor[:, 9] = rng.uniform(0.7, 1.05, batch)
    factor[:, 10] = rng.uniform(0.9, 1.2, batch)
    factor *= rng.uniform(0.92, 1.08, batch)[:, None]
    factor[rng.uniform(0, 1, batch) < 0.15] = 1.0
    out = np.empty_like(joints)
    legs = (factor[:, 2] + factor[:, 3]) / 2
    out[:, :, 0] = joints[:, :, 0] * legs[:, None, None].astype(np.float32)
    bones *= factor[:, None, :, None].astype(np.float32)
    for j in range(1, 17):
        out[:, :, j] = out[:, :, PARENT[j]] + bones[:, :, j]
    return out


def mirror(joints: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Mirror images (left and right exchanged, x negated) of the chosen windows (B,)."""
    flipped = joints[:, :, list(MIRROR)] * np.array([-1, 1, 1], np.float32)
    return np.where(chosen[:, None, None, None], flipped, joints)
