"""Random cameras that film the windows: where they stand, how they look, what their lens is assumed to be."""

from dataclasses import dataclass

import numpy as np

IMAGES = np.array([[640, 480], [1280, 720], [720, 1280], [1920, 1080], [640, 360], [480, 640]], float)


@dataclass(frozen=True)
class CameraConfig:
    """Ranges of the virtual cameras; lengths in metres, angles in degrees."""

    distance: tuple[float, float] = (2.0, 12.0)
    elevation: tuple[float, float] = (-10.0, 35.0)
    roll: float = 5.0
    off_centre: float = 30.0
    focal: tuple[float, float] = (0.7, 1.8)  # times the longer image side
    focal_error: float = 0.15  # std of log(assumed / true)
    follow: float = 0.4  # share of windows in which the camera moves along
    nearest: float = 0.8  # no joint comes closer than this


@dataclass(frozen=True)
class Shot:
    """What the cameras see: joints (B, F, 17, 3) in camera axes (x right, y down, z forward) and the lenses."""

    joints: np.ndarray
    image: np.ndarray  # (B, 2) width, height in px
    focal: np.ndarray  # (B,) true, px
    assumed: np.ndarray  # (B,) what the lifter will be told, px

    def project(self, points: np.ndarray) -> np.ndarray:
        """Camera-space points (B, F, J, 3) to pixels (B, F, J, 2)."""
        flat = points[..., :2] / points[..., 2:]
        return flat * self.focal[:, None, None, None] + self.image[:, None, None] / 2


def axis_rotation(axis: int, angle: np.ndarray) -> np.ndarray:
    """Rotations (B, 3, 3) by `angle` (B,) about one coordinate axis."""
    a, b = (axis + 1) % 3, (axis + 2) % 3
    out = np.zeros((len(angle), 3, 3))
    out[:, axis, axis] = 1
    out[:, a, a] = out[:, b, b] = np.cos(angle)
    out[:, b, a], out[:, a, b] = np.sin(angle), -np.sin(angle)
    return out


def look_along(direction: np.ndarray) -> np.ndarray:
    """World (z up) to camera (x right, y down, z forward) for viewing directions (B, 3): rows are the camera's axes."""
    right = np.cross(direction, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    return np.stack([right, np.cross(direction, right), direction], -2)


def film(joints: np.ndarray, rng: np.random.Generator, config: CameraConfig = CameraConfig()) -> Shot:
    """One random camera a window; joints (B, F, 17, 3) in the world."""
    batch = len(joints)

    def uniform(low, high):
        return rng.uniform(low, high, batch)

    image = IMAGES[rng.integers(0, len(IMAGES), batch)]
    longest = image.max(-1)
    focal = longest * np.exp(uniform(*np.log(config.focal)))
    assumed = focal * np.exp(rng.normal(0, config.focal_error, batch))
    distance = np.exp(uniform(*np.log(config.distance)))
    azimuth, elevation = uniform(0, 2 * np.pi), np.radians(uniform(*config.elevation))
    half_view = np.arctan(image / 2 / focal[:, None])  # (B, 2)
    off = np.minimum(np.radians(config.off_centre), 0.8 * half_view) * rng.uniform(-1, 1, (batch, 2)) * [1, 0.6]
    follow = np.where(uniform(0, 1) < config.follow, uniform(0, 1), 0)

    root = joints[:, :, :1]
    aim = root.mean(1, keepdims=True)
    followed = joints - follow[:, None, None, None] * (root - aim)
    back = np.stack([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)], -1)
    turn = look_along(-back)
    turn = axis_rotation(1, off[:, 0]) @ axis_rotation(0, off[:, 1]) @ turn
    turn = axis_rotation(2, np.radians(uniform(-config.roll, config.roll))) @ turn
    seen = np.einsum("bij,bfkj->bfki", turn, followed - aim - (distance[:, None] * back)[:, None, None])
    return Shot(push_back(seen, config.nearest).astype(np.float32), image, focal, assumed)


def push_back(seen: np.ndarray, nearest: float) -> np.ndarray:
    """Moves whole windows away from the camera until nobody is nearer than `nearest`."""
    closest = seen[..., 2].min((1, 2))
    out = seen.copy()
    out[..., 2] += np.maximum(nearest - closest, 0)[:, None, None]
    return out
