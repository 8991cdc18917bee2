"""From a detector's COCO-17 points in pixels to the network's input: the same lines run at training and at inference.

Every function takes any number of leading axes, so that one call serves a window [F, 17, .] or a batch [B, F, 17, .].
The TypeScript side repeats this file; fixtures/golden/diffpose_3d/lifting_input.json holds both to the same numbers.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .skeleton import DERIVED, H36M_FROM_COCO

CONSTANTS = json.loads((Path(__file__).parent / "coco_to_h36m.json").read_text())
FRAMES = 27
DEFAULT_FOCAL = 1.1  # times the longer image side, where the focal length is unknown
MISSING_SCORE = 0.05  # below this a joint enters as (0, 0, 0)
BOX_SCORE = 0.2  # joints at least this sure make a frame's box
BOX_JOINTS = 3  # and a frame needs this many of them
MIN_SIZE = 8.0  # px, smallest person size
LIMIT = 4.0  # clamp of normalised coordinates
DERIVED_SCORE = 0.9  # factor on the score of joints that no detector point stands for
EDGE_SCORE = 0.5  # factor on the score of frames repeated beyond the clip's ends
MAX_RATE = 60.0  # frames a second; faster clips are interleaved


def stride_for(fps: float) -> int:
    """Frames to step in a clip of `fps` so that the window sees at most 60 frames a second."""
    return max(1, int(np.ceil(fps / MAX_RATE)))


def coco_to_h36m(points: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """COCO-17 points [..., 17, 2] px and scores [..., 17] to H36M-17; NaN counts as a missing point."""
    lost = np.isnan(points).any(-1) | np.isnan(scores)
    points, scores = np.where(lost[..., None], 0.0, points), np.where(lost, 0.0, scores)
    out, score = np.zeros_like(points), np.zeros_like(scores)
    for joint, point in H36M_FROM_COCO.items():
        out[..., joint, :], score[..., joint] = points[..., point, :], scores[..., point]
    out[..., 0, :] = (points[..., 11, :] + points[..., 12, :]) / 2
    out[..., 8, :] = (points[..., 5, :] + points[..., 6, :]) / 2
    out[..., 7, :] = (out[..., 0, :] + out[..., 8, :]) / 2
    score[..., 0] = np.minimum(scores[..., 11], scores[..., 12])
    score[..., 8] = np.minimum(scores[..., 5], scores[..., 6])
    score[..., 7] = np.minimum(score[..., 0], score[..., 8])

    ear_weight = scores[..., 3:5] + 1e-6
    ears = (points[..., 3:5, :] * ear_weight[..., None]).sum(-2) / ear_weight.sum(-1)[..., None]
    out[..., 9, :] = out[..., 8, :] + CONSTANTS["neck"] * (ears - out[..., 8, :])
    score[..., 9] = np.minimum(score[..., 8], scores[..., 3:5].max(-1))
    head_weight = scores[..., :5] * np.array(CONSTANTS["head"], dtype=float) + 1e-6
    out[..., 10, :] = (points[..., :5, :] * head_weight[..., None]).sum(-2) / head_weight.sum(-1)[..., None]
    score[..., 10] = scores[..., :5].max(-1)

    score[..., list(DERIVED)] *= DERIVED_SCORE
    return out, score


def clip_window(points: np.ndarray, scores: np.ndarray, first: int, stride: int = 1, frames: int = FRAMES):
    """Frames first, first + stride, ... of a clip [T, 17, .]; beyond its ends the edge frame with half its score."""
    index = first + stride * np.arange(frames)
    inside = np.clip(index, 0, len(points) - 1)
    return points[inside], scores[inside] * np.where(index == inside, 1.0, EDGE_SCORE)[:, None]


def boxes(points: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre c [..., 2] (mean over frames of the box centres) and size s [...] (largest box side) of windows [..., F, 17, .].

    A window without any box gets NaN as centre and the smallest size.
    """
    sure = scores >= BOX_SCORE
    valid = sure.sum(-1) >= BOX_JOINTS
    low = np.where(sure[..., None], points, np.inf).min(-2)
    high = np.where(sure[..., None], points, -np.inf).max(-2)
    low, high = (np.where(valid[..., None], side, 0.0) for side in (low, high))
    count = valid.sum(-1)[..., None]
    centre = np.where(count > 0, ((low + high) / 2).sum(-2) / np.maximum(count, 1), np.nan)
    return centre, np.maximum((high - low).max((-1, -2)), MIN_SIZE)


def rotation_to_axis(ray: np.ndarray) -> np.ndarray:
    """Smallest rotation [..., 3, 3] that takes the unit vector `ray` [..., 3] to +z."""
    x, y, z = ray[..., 0], ray[..., 1], ray[..., 2]
    k = 1 / (1 + z)
    rows = [1 - k * x * x, -k * x * y, -x, -k * x * y, 1 - k * y * y, -y, x, y, z]
    return np.stack(rows, -1).reshape(*ray.shape[:-1], 3, 3)


@dataclass(frozen=True)
class VirtualCamera:
    """Turns the real camera towards the person of one window (or of a batch of them)."""

    R: np.ndarray  # [..., 3, 3], camera axes -> virtual axes
    size: np.ndarray  # [...], px
    focal: np.ndarray  # [...], px, assumed
    middle: np.ndarray  # [..., 2], px, principal point

    def normalise(self, points: np.ndarray) -> np.ndarray:
        """Pixels [..., F, 17, 2] to normalised coordinates, unclamped; the person spans about -1..1."""
        flat = (points - self.middle[..., None, None, :]) / self.focal[..., None, None, None]
        ray = np.concatenate([flat, np.ones_like(flat[..., :1])], -1)
        d = np.einsum("...ij,...fkj->...fki", self.R, ray)
        depth = np.where(np.abs(d[..., 2:]) < 1e-6, 1e-6, d[..., 2:])
        return d[..., :2] / depth * (2 * self.focal / self.size)[..., None, None, None]

    def denormalise(self, points: np.ndarray) -> np.ndarray:
        """The inverse of `normalise`."""
        flat = points / (2 * self.focal / self.size)[..., None, None, None]
        ray = np.concatenate([flat, np.ones_like(flat[..., :1])], -1)
        d = np.einsum("...ji,...fkj->...fki", self.R, ray)
        return d[..., :2] / d[..., 2:] * self.focal[..., None, None, None] + self.middle[..., None, None, :]

    def to_camera(self, pose: np.ndarray) -> np.ndarray:
        """Poses [..., F, 17, 3] in virtual axes to camera axes: R^T X."""
        return np.einsum("...ji,...fkj->...fki", self.R, pose)


def virtual_camera(points, scores, image, focal) -> VirtualCamera:
    """Camera for H36M-17 windows [..., F, 17, 2] px; image [..., 2] = (width, height) and focal [...] in px."""
    image, focal = np.asarray(image, float), np.asarray(focal, float)
    centre, size = boxes(points, scores)
    middle = image / 2
    centre = np.where(np.isnan(centre), middle, centre)
    ray = np.concatenate([(centre - middle) / focal[..., None], np.ones_like(centre[..., :1])], -1)
    ray = ray / np.linalg.norm(ray, axis=-1, keepdims=True)
    return VirtualCamera(rotation_to_axis(ray), size, focal, np.broadcast_to(middle, centre.shape))


def network_input(points: np.ndarray, scores: np.ndarray, camera: VirtualCamera) -> np.ndarray:
    """(x, y, score) float32 [..., F, 17, 3] of H36M-17 windows; missing joints are (0, 0, 0)."""
    flat = np.clip(camera.normalise(points), -LIMIT, LIMIT)
    packed = np.concatenate([flat, scores[..., None]], -1)
    return np.where(scores[..., None] < MISSING_SCORE, 0.0, packed).astype(np.float32)


def lift_input(coco: np.ndarray, scores: np.ndarray, image, focal) -> tuple[np.ndarray, VirtualCamera]:
    """The whole chain for COCO-17 windows [..., F, 17, 2] px with scores [..., F, 17]."""
    points, score = coco_to_h36m(coco, scores)
    camera = virtual_camera(points, score, image, focal)
    return network_input(points, score, camera), camera
