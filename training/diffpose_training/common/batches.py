"""Batches out of stored features."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from torch import Tensor

from .feature_store import FIELDS, Store

INPUTS = ("heat", "features_4", "features_8", "features_16", "features_32")  # in the order of the graph's inputs
REST = ("points", "weight", "peak", "movenet", "meta", "place", "joints")  # of a batch


@dataclass
class Batch:
    """Windows or stills as tensors."""

    inputs: tuple[Tensor, ...]
    points: Tensor  # (B, J, 2) cells
    weight: Tensor  # (B, J)
    peak: Tensor  # (B, J) 1, or 0 where the map should be empty
    movenet: Tensor  # (B, 17, 3) the backbone's own decoding with COCO's joints, cells
    meta: Tensor  # these and more: see feature_store.PLAIN
    place: Tensor
    joints: Tensor  # the same decoding of every frame (B, F, 17, 3), or without an axis of frames that of the only one

    def part(self, rows: slice) -> "Batch":
        """Some of the windows."""
        return Batch(tuple(value[rows] for value in self.inputs), *(getattr(self, name)[rows] for name in REST))


class Cached:
    """A store of windows or of stills, read only; may grow while it is read."""

    def __init__(self, folder: Path):
        self.store = Store(folder)

    def __len__(self) -> int:
        return self.store.counts()[0]

    def read(self, name: str, rows: np.ndarray, frames: int) -> Tensor:
        """One field of some rows: only the middle `frames`, or without any the middle one and no axis of frames."""
        array, (_, step, offset) = self.store.arrays[name], FIELDS[name]
        whole = torch.from_numpy(np.ascontiguousarray(middle_of(array, rows, frames) if array.ndim == 5 else array[rows])).float()
        return whole if step is None else whole.mul_(step).add_(offset)

    def joints(self, rows: np.ndarray, frames: int = 0) -> Tensor:
        """The backbone's own decoding: of the middle `frames`, or without any of the key frame or the still."""
        array = self.store.arrays["movenet"]
        return torch.from_numpy(middle_of(array, rows, frames) if array.ndim == 4 else array[rows])

    def batch(self, rows, frames: int) -> Batch:
        """Rows by number, in rising order."""
        ordered = np.sort(np.asarray(rows))
        target, meta, place = (torch.from_numpy(self.store.arrays[n][ordered]) for n in ("target", "meta", "place"))
        inputs = tuple(self.read(name, ordered, frames) for name in INPUTS)
        points, weight, peak = target[..., :2], target[..., 2], target[..., 3]
        return Batch(inputs, points, weight, peak, self.joints(ordered), meta, place, self.joints(ordered, frames))


def middle_of(array: np.ndarray, rows: np.ndarray, frames: int) -> np.ndarray:
    """Rows of an array with an axis of frames: the middle `frames`, or without any the middle one and no axis of frames."""
    middle = array.shape[1] // 2
    return array[rows][:, middle - frames // 2 : middle + frames // 2 + 1] if frames else array[rows, middle]


def join(parts: list[Batch]) -> Batch:
    """Several batches as one."""
    if len(parts) == 1:
        return parts[0]
    inputs = tuple(torch.cat(values) for values in zip(*(p.inputs for p in parts)))
    rest = (torch.cat([getattr(p, name) for p in parts]) for name in REST)
    return Batch(inputs, *rest)


def backwards(batch: Batch, which: Tensor) -> Batch:
    """Some windows with their frames in reverse order: as good a window as the other way round."""
    for value in (*(value for value in batch.inputs if value.dim() == 5), *([batch.joints] if batch.joints.dim() == 4 else [])):
        value[which] = value[which].flip(1)
    return batch


class Mixture:
    """Draws from several caches by share; number `step` of a seed is always the same once the caches are full."""

    def __init__(self, caches: list[Cached], shares: list[float], seed: int):
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


def rows_of(cached, most: int | None) -> range:
    """The first rows."""
    return range(min(len(cached), most or len(cached)))


@torch.no_grad()
def in_batches(answer: Callable[[Batch, int], Tensor], cached: Cached, rows, frames: int, size: int = 24) -> tuple[Tensor, list[Batch]]:
    """What `answer(batch, seed)` says of rows, which must rise, one after another; and the batches without their inputs."""
    found, seen = [], []
    for first in range(0, len(rows), size):
        batch = cached.batch(rows[first : first + size], frames)
        found.append(answer(batch, first))
        batch.inputs = ()
        seen.append(batch)
    return torch.cat(found), seen
