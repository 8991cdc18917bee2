"""Square crops around a box, and points both ways: the geometry of the library's crops, in numpy.

Coordinates are continuous: the first pixel spans 0..1, its centre is 0.5. A crop is scaled evenly, never stretched.
"""

from dataclasses import dataclass

import numpy as np

SIDE = 256  # pixels of a crop
STRIDE = 4  # pixels a heatmap cell
CELLS = SIDE // STRIDE
PADDING = 1.25  # the box is enlarged by a quarter (paper); the thunder model wants the same


@dataclass(frozen=True)
class Crop:
    """Where a crop lies: frame = (left, top) + scale * crop."""

    left: float
    top: float
    scale: float

    def to_crop(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the frame in pixels of the crop."""
        return (points - (self.left, self.top)) / self.scale

    def to_frame(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the crop in pixels of the frame."""
        return points * self.scale + (self.left, self.top)


def crop_of(box, padding: float = PADDING, side: int = SIDE) -> Crop:
    """The crop around a box (x, y, width, height) in px: a square on the longer side, padded, about the box's centre."""
    x, y, width, height = (float(v) for v in box)
    scale = max(width, height) * padding / side
    if not scale > 0:
        raise ValueError(f"a box must have sides above 0 px: {box}")
    return Crop(x + width / 2 - side * scale / 2, y + height / 2 - side * scale / 2, scale)


def block_means(picture: np.ndarray, block: int) -> np.ndarray:
    """Means over blocks of block x block pixels; the last ones may hold fewer."""
    rows, columns = picture.shape[:2]
    down, right = -rows % block, -columns % block
    padded = np.pad(picture.astype(np.float32), ((0, down), (0, right), (0, 0)), mode="edge" if block == 1 else "constant")
    sums = padded.reshape(padded.shape[0] // block, block, padded.shape[1] // block, block, 3).sum((1, 3))
    high = np.minimum(block, rows - block * np.arange(sums.shape[0]))
    wide = np.minimum(block, columns - block * np.arange(sums.shape[1]))
    return sums / (high[:, None, None] * wide[None, :, None])


def taps(count: int, start: float, scale: float, size: int, length: int, block: int):
    """Along one axis: the two pixels a sample lies between, how far, and whether it lies inside of the picture."""
    at = start + (np.arange(count) + 0.5) * scale
    position = at / block - 0.5
    floor = np.floor(position)
    low, high = (np.clip(v, 0, length - 1).astype(np.intp) for v in (floor, floor + 1))
    return low, high, (position - floor).astype(np.float32), (at >= 0) & (at < size)


def sample_crop(picture: np.ndarray, crop: Crop, side: int = SIDE) -> np.ndarray:
    """Pixels (side, side, 3) float32 0..255 of an RGB picture (H, W, 3): bilinear, over means of blocks where the crop is at
    least twice as coarse; black outside of the picture."""
    block = max(int(crop.scale), 1)
    raster = block_means(picture, block) if block > 1 else picture
    x0, x1, right, inside_x = taps(side, crop.left, crop.scale, picture.shape[1], raster.shape[1], block)
    y0, y1, down, inside_y = taps(side, crop.top, crop.scale, picture.shape[0], raster.shape[0], block)
    upper, lower = raster[y0].astype(np.float32), raster[y1].astype(np.float32)
    right, down = right[None, :, None], down[:, None, None]
    rows = upper + down * (lower - upper)
    out = rows[:, x0] + right * (rows[:, x1] - rows[:, x0])
    return out * (inside_y[:, None, None] & inside_x[None, :, None])


def mirror_points(points: np.ndarray, side: float, swap: list[int] | None = None) -> np.ndarray:
    """Points (..., J, C) of a mirrored crop: x turned about the middle, left and right swapped; COCO-17 without `swap`."""
    out = points[..., MIRROR if swap is None else swap, :].copy()
    out[..., 0] = side - out[..., 0]
    return out


MIRROR = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]  # COCO-17 with left and right swapped
