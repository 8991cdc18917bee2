"""Training batches: motion -> body -> camera -> detector -> the same input chain as at inference."""

from dataclasses import dataclass

import numpy as np

from .camera import CameraConfig, film
from .data import Mocap, Windows, mirror, vary_bones
from .detector import DetectorConfig, detect, edge_index
from .lifting_input import EDGE_SCORE, VirtualCamera, lift_input, rotation_to_axis


@dataclass(frozen=True)
class Batch:
    """Windows of B people over F frames, ready for the networks."""

    points: np.ndarray  # (B, F, 17, 3) float32 x, y, score: the network's input
    pose: np.ndarray  # (B, F, 17, 3) float32 metres, hip at zero, axes of the virtual camera: the target
    image_points: np.ndarray  # (B, F, 17, 2) float32 where the true joints lie, normalised: the clean u, v
    inside: np.ndarray  # (B, F) bool, False for frames beyond the clip's ends
    dt: np.ndarray  # (B,) seconds between two frames


def true_axes(camera: VirtualCamera, focal: np.ndarray) -> np.ndarray:
    """The virtual camera's rotation had the focal length been known: what the 3D target is expressed in."""
    ray = camera.R[..., 2, :].copy()
    ray[..., :2] *= (camera.focal / focal)[..., None]
    return rotation_to_axis(ray / np.linalg.norm(ray, axis=-1, keepdims=True))


def observe(joints, dt, rng, camera=CameraConfig(), detector=DetectorConfig()) -> Batch:
    """Films world joints (B, F, 17, 3), detects points and makes the network's input and target."""
    shot = film(joints, rng, camera)
    coco, scores = detect(shot, dt, rng, detector)
    batch, frames = scores.shape[:2]
    index = edge_index(rng, batch, frames, detector.edge)
    inside = index == np.arange(frames)
    rows = np.arange(batch)[:, None]
    coco, scores = coco[rows, index], scores[rows, index] * np.where(inside, 1, EDGE_SCORE)[..., None]
    points, virtual = lift_input(coco, scores, shot.image, shot.assumed)
    seen = shot.joints[rows, index]
    pose = np.einsum("bij,bfkj->bfki", true_axes(virtual, shot.focal), seen - seen[:, :, :1])
    image_points = np.clip(virtual.normalise(shot.project(seen)), -6, 6)
    return Batch(points, pose.astype(np.float32), image_points.astype(np.float32), inside, dt.astype(np.float32))


def draw_batch(mocap: Mocap, rng: np.random.Generator, size: int) -> Batch:
    """A training batch with every variation."""
    windows: Windows = mocap.draw(rng, size)
    joints = mirror(vary_bones(windows.joints, rng), rng.uniform(0, 1, size) < 0.5)
    return observe(joints, windows.dt, rng)
