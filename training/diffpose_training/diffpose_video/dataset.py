"""Batches out of cached windows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .cache import FIELDS, FRAMES, Store

INPUTS = ("heat", "features_4", "features_8", "features_16", "features_32")  # in the order of the graph's inputs


@dataclass
class Batch:
    """Windows as tensors."""

    inputs: tuple[Tensor, ...]
    points: Tensor  # (B, 17, 2) cells
    weight: Tensor  # (B, 17)
    peak: Tensor  # (B, 17) 1, or 0 where the map should be empty
    movenet: Tensor  # (B, 17, 3) the backbone's own decoding, cells
    meta: Tensor
    place: Tensor

    def part(self, rows: slice) -> "Batch":
        """Some of the windows."""
        rest = (self.points, self.weight, self.peak, self.movenet, self.meta, self.place)
        return Batch(tuple(value[rows] for value in self.inputs), *(value[rows] for value in rest))


class Windows:
    """A cache folder, read only; may grow while it is read."""

    def __init__(self, folder: Path):
        self.store = Store(folder)

    def __len__(self) -> int:
        return self.store.counts()[0]

    def read(self, name: str, rows: np.ndarray, frames: int) -> Tensor:
        """One field, only the middle `frames` of the window."""
        shape, step, offset = FIELDS[name]
        values = self.store.arrays[name][np.sort(rows)]
        if shape[0] == FRAMES and len(shape) == 4:
            first = (FRAMES - frames) // 2
            values = values[:, first : first + frames]
        whole = torch.from_numpy(np.ascontiguousarray(values)).float()
        return whole if step is None else whole.mul_(step).add_(offset)

    def batch(self, rows, frames: int = FRAMES) -> Batch:
        """Windows by number, in rising order."""
        rows = np.asarray(rows)
        ordered = np.sort(rows)
        target, movenet, meta, place = (torch.from_numpy(self.store.arrays[n][ordered]) for n in ("target", "movenet", "meta", "place"))
        inputs = tuple(self.read(name, rows, frames) for name in INPUTS)
        return Batch(inputs, target[..., :2], target[..., 2], target[..., 3], movenet, meta, place)


def join(parts: list[Batch]) -> Batch:
    """Several batches as one."""
    if len(parts) == 1:
        return parts[0]
    inputs = tuple(torch.cat(values) for values in zip(*(p.inputs for p in parts)))
    rest = (torch.cat([getattr(p, name) for p in parts]) for name in ("points", "weight", "peak", "movenet", "meta", "place"))
    return Batch(inputs, *rest)


def backwards(batch: Batch, which: Tensor) -> Batch:
    """Some windows with their frames in reverse order: as good a window as the other way round."""
    for value in batch.inputs:
        if value.dim() == 5:
            value[which] = value[which].flip(1)
    return batch


class Mixture:
    """Draws from several caches by share; number `step` of a seed is always the same once the caches are full."""

    def __init__(self, caches: list[Windows], shares: list[float], seed: int):
        self.caches, self.shares, self.seed = caches, np.array(shares) / sum(shares), seed
        self.sizes: list[int] = []

    def draw(self, step: int, size: int, frames: int) -> Batch:
        """One training batch."""
        if step % 50 == 0 or not self.sizes:
            self.sizes = [len(cache) for cache in self.caches]
        rng = np.random.default_rng((self.seed, step))
        counts = np.bincount(rng.choice(len(self.caches), size, p=self.shares), minlength=len(self.caches))
        batch = join([c.batch(rng.integers(n, size=k), frames) for c, n, k in zip(self.caches, self.sizes, counts) if k])
        return backwards(batch, torch.from_numpy(rng.random(size) < 0.5))
