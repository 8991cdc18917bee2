"""Stands in for a 2D detector: COCO-17 points of a filmed window, with the errors and scores that detectors make."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .camera import Shot
from .fit_points import head_axes
from .skeleton import COCO_MIRROR, COCO_SIGMAS, H36M_FROM_COCO

HEAD = json.loads((Path(__file__).parent / "head_points.json").read_text())
GROUPS = {  # COCO points that are hidden or exchanged together
    "left arm": (7, 9), "right arm": (8, 10), "left leg": (13, 15), "right leg": (14, 16), "legs": (13, 14, 15, 16),
    "arms": (7, 8, 9, 10), "lower": (11, 12, 13, 14, 15, 16), "head": (0, 1, 2, 3, 4), "left": (5, 7, 9, 11, 13, 15),
}  # fmt: skip
SWAPS = ((13, 14, 15, 16), (11, 12, 13, 14, 15, 16), (7, 8, 9, 10), (5, 6, 7, 8, 9, 10), tuple(range(17)))


@dataclass(frozen=True)
class DetectorConfig:
    """Strength of each error. Probabilities are per window unless they say per frame."""

    noise: float = 0.28  # times the COCO sigma times the person's size: std of a usual error
    noise_spread: float = 0.5  # std of log(noise) from window to window
    burst: float = 0.012  # per joint and frame: a run of gross errors starts
    hidden: float = 0.22  # a group of points is out of sight for a while
    cut: float = 0.10  # the lower body is outside of the picture
    swap: float = 0.12  # left and right exchanged for a while
    blank: float = 0.05  # nobody found for some frames
    edge: float = 0.10  # the window reaches beyond the clip's ends


def body_points(joints: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """COCO-17 points in space (B, F, 17, 3) of H36M-17 joints, and the head's axes (B, F, 3, 3) (right, up, forward)."""
    batch, frames = joints.shape[:2]
    out = np.zeros_like(joints)
    for joint, point in H36M_FROM_COCO.items():
        out[:, :, point] = joints[:, :, joint]
    # Annotators click the hips a little higher and further out than the femoral heads.
    across = joints[:, :, 1] - joints[:, :, 4]
    across = across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-6)
    spine = joints[:, :, 7] - joints[:, :, 0]
    spine = spine / np.maximum(np.linalg.norm(spine, axis=-1, keepdims=True), 1e-6)
    outward, upward = rng.uniform(0, 0.03, (batch, 1, 1)), rng.uniform(-0.01, 0.05, (batch, 1, 1))
    out[:, :, 12] += outward * across + upward * spine
    out[:, :, 11] += -outward * across + upward * spine

    up = joints[:, :, 10] - joints[:, :, 9]
    length = np.linalg.norm(up, axis=-1, keepdims=True)
    axes = head_axes(up.reshape(-1, 3), (joints[:, :, 14] - joints[:, :, 11] + 1e-6).reshape(-1, 3))
    axes = axes.reshape(batch, frames, 3, 3)
    time = np.linspace(-1, 1, frames)
    yaw = rng.normal(0, HEAD["yawStd"], (batch, 1)) + rng.normal(0, 0.15, (batch, 1)) * time
    nod = rng.normal(0, 0.2, (batch, 1)) + rng.normal(0, 0.08, (batch, 1)) * time
    axes = turn_pair(turn_pair(axes, 0, 2, yaw), 1, 2, nod)
    local = np.array(HEAD["points"]) * rng.uniform(0.9, 1.15, (batch, 1, 1, 1)) * length[..., None]
    out[:, :, :5] = joints[:, :, 9:10] + np.einsum("bfpi,bfik->bfpk", local, axes)
    return out, axes


def turn_pair(axes: np.ndarray, a: int, b: int, angle: np.ndarray) -> np.ndarray:
    """Rotates axes a and b (rows) into each other by `angle` (B, F)."""
    c, s = np.cos(angle)[..., None], np.sin(angle)[..., None]
    out = axes.copy()
    out[..., a, :], out[..., b, :] = c * axes[..., a, :] + s * axes[..., b, :], c * axes[..., b, :] - s * axes[..., a, :]
    return out


def intervals(rng: np.random.Generator, batch: int, frames: int, longest: int) -> np.ndarray:
    """One random run of frames a window (B, F), up to `longest` long."""
    size = rng.integers(1, longest + 1, (batch, 1))
    first = rng.integers(-size + 1, frames, (batch, 1))
    time = np.arange(frames)
    return (time >= first) & (time < first + size)


def smooth_noise(rng: np.random.Generator, shape: tuple, keep: np.ndarray) -> np.ndarray:
    """First-order autoregressive unit noise along axis 1; keep (B,) is the correlation of neighbouring frames."""
    out = rng.standard_normal(shape, dtype=np.float32)
    keep = keep.reshape(-1, *[1] * (len(shape) - 2)).astype(np.float32)
    fresh = np.sqrt(1 - keep**2)
    for t in range(1, shape[1]):
        out[:, t] = keep * out[:, t - 1] + fresh * out[:, t]
    return out


def runs(rng: np.random.Generator, shape: tuple, start: np.ndarray, stop: float) -> np.ndarray:
    """Two-state chains along axis 1: a run starts with probability `start` and ends with probability `stop`."""
    on, dice = np.zeros(shape, bool), rng.uniform(0, 1, shape)
    state = dice[:, 0] < 3 * start
    for t in range(shape[1]):
        state = np.where(state, dice[:, t] > stop, dice[:, t] < start)
        on[:, t] = state
    return on


def detect(shot: Shot, dt: np.ndarray, rng: np.random.Generator, config: DetectorConfig = DetectorConfig()):
    """COCO-17 points (B, F, 17, 2) px and scores (B, F, 17) of a shot; dt (B,) seconds between frames."""
    batch, frames = shot.joints.shape[:2]
    space, axes = body_points(shot.joints, rng)
    clean = shot.project(space)
    size = (clean.max(2) - clean.min(2)).max(-1).mean(1)[:, None, None]  # (B, 1, 1) px
    quality = rng.uniform(0.62, 0.98, (batch, 1, 1))
    factor = np.exp(rng.normal(0, config.noise_spread, (batch, 1, 1)))

    def chance(p):
        return rng.uniform(0, 1, batch) < p

    # 1. left and right exchanged
    points, doubt = clean.copy(), np.ones((batch, frames, 17))
    which, span = rng.integers(0, len(SWAPS), batch), intervals(rng, batch, frames, 10)
    span |= chance(0.08)[:, None]
    span &= chance(config.swap)[:, None]
    member = np.array([[p in g for p in range(17)] for g in SWAPS])[which]
    swapped = span[:, :, None] & member[:, None]
    points = np.where(swapped[..., None], points[:, :, list(COCO_MIRROR)], points)
    doubt = np.where(swapped, doubt * rng.uniform(0.5, 1, (batch, 1, 1)), doubt)

    # 2. how unsure the detector is of each point: face seen from behind, far ear, hidden groups, gross errors
    spread = np.ones((batch, frames, 17))
    view = -shot.joints[:, :, 9]
    view = view / np.linalg.norm(view, axis=-1, keepdims=True)
    side, front = (np.einsum("bfk,bfk->bf", view, axes[:, :, i]) for i in (0, 2))
    behind = np.stack([-front, 0.5 * side - front, -0.5 * side - front, side - 0.4, -side - 0.4], -1)
    unseen = np.clip(behind * 2, 0, 1) * rng.uniform(0.3, 1, (batch, 1, 1))
    spread[:, :, :5] += 2 * unseen
    doubt[:, :, :5] *= 1 - 0.75 * unseen
    group = np.array([[p in g for p in range(17)] for g in GROUPS.values()])[rng.integers(0, len(GROUPS), batch)]
    hidden = group[:, None] & (intervals(rng, batch, frames, 40) & chance(config.hidden)[:, None])[..., None]
    spread = np.where(hidden, spread + rng.uniform(1, 5, (batch, 1, 1)), spread)
    doubt = np.where(hidden, doubt * rng.uniform(0.1, 0.6, (batch, 1, 1)), doubt)
    gross = runs(rng, (batch, frames, 17), config.burst * np.minimum(factor[:, 0], 3), 0.3)
    spread = np.where(gross, spread + rng.uniform(1, 4, (batch, 1, 17)), spread)
    doubt = np.where(gross, doubt * rng.uniform(0.35, 1, (batch, 1, 17)), doubt)

    # 3. errors: constant part, smooth part, flicker, and heavy tails in the unsure frames
    std = config.noise * COCO_SIGMAS * np.exp(rng.normal(0, 0.25, (batch, 1, 17))) * factor * size
    keep = np.exp(-dt / rng.uniform(0.06, 0.3, batch))
    error = 0.55 * smooth_noise(rng, (batch, frames, 17, 2), keep) + 0.45 * rng.standard_normal((batch, frames, 17, 2))
    error += 0.5 * rng.standard_normal((batch, 1, 17, 2))
    tail = np.clip(rng.standard_t(3, (batch, 1, 17, 2)), -6, 6)
    error = error + np.where(gross | hidden, 1.0, 0.0)[..., None] * tail
    error *= (std * spread)[..., None]
    points = points + np.clip(error, -0.6 * size[..., None], 0.6 * size[..., None])

    # 4. scores fall with the error; points outside of the picture, whole frames and the clip's ends
    far = np.linalg.norm(error, axis=-1) / (size * 2 * COCO_SIGMAS)
    scores = quality * doubt * np.exp(-0.5 * far**2) + 0.05 * rng.standard_normal((batch, frames, 17))
    scores = np.clip(scores * np.exp(rng.normal(0, 0.1, (batch, 1, 17))), 0.01, 0.99)
    low, high = clean[..., 1].min((1, 2)), clean[..., 1].max((1, 2))
    line = np.where(chance(config.cut), low + rng.uniform(0.35, 0.95, batch) * (high - low), np.inf)
    line = np.minimum(line, shot.image[:, 1] + np.where(high - low > shot.image[:, 1], 0, 1e9))[:, None, None]
    outside = points[..., 1] > line
    points[..., 1] = np.where(outside, line - rng.uniform(0, 0.1, outside.shape) * size, points[..., 1])
    lost = outside & (rng.uniform(0, 1, (batch, 1, 1)) < 0.5)
    lost |= hidden & (rng.uniform(0, 1, (batch, 1, 1)) < 0.4)
    lost |= runs(rng, (batch, frames, 17), np.full((batch, 17), 0.004), 0.25)
    lost |= (intervals(rng, batch, frames, 6) & chance(config.blank)[:, None])[..., None]
    scores = np.where(outside, np.minimum(scores, rng.uniform(0.02, 0.3, scores.shape)), scores)
    scores = np.where(lost, rng.uniform(0, 0.04, scores.shape), scores)
    return points, scores


def edge_index(rng: np.random.Generator, batch: int, frames: int, share: float) -> np.ndarray:
    """Frame index (B, F) of windows of which a `share` reaches beyond the clip: the edge frame repeats."""
    left, right = rng.integers(0, frames // 2 + 1, (2, batch))
    chosen, both = rng.uniform(0, 1, (2, batch))
    first = np.where((chosen < share) & (both < 0.55), left, 0)[:, None]
    last = np.where((chosen < share) & (both > 0.45), frames - 1 - right, frames - 1)[:, None]
    return np.clip(np.arange(frames)[None], first, np.maximum(last, first))
