"""A set of annotated pictures that answers are measured on."""

import sys
import time
from pathlib import Path
from typing import Callable

import numpy as np
from torch import Tensor

from .accuracy import measure
from .batches import Batch, Cached
from .caching import Recipe, build_all
from .clips import Clip
from .crop import STRIDE
from .joint_sets import COCO17, JointSet
from .movenet import Thunder
from .packs import DTYPES, Pack
from .similarity import movenet_as
from .windows import all_windows


class Scene:
    """One set: its stored features, who they show, and MoveNet's answer."""

    def __init__(
        self, name: str, clips: list[Clip], folder: Path, every: int, thunder: Thunder, recipe: Recipe,
        predict: Callable[..., tuple[Tensor, list[Batch]]], joints: JointSet = COCO17,
    ):  # fmt: skip
        build_all(clips, folder, every, thunder, recipe)
        self.name, self.cached, self.predict, self.joints = name, Cached(folder), predict, joints
        pairs = all_windows(clips, every)
        self.images = [1000 * number + window.key for number, window in pairs]
        self.sights = [clips[number].people[window.track][window.key] for number, window in pairs]

    def rows(self, most: int | None = None) -> np.ndarray:
        """Everybody, or an even choice."""
        count = len(self.cached)
        return np.arange(count) if most is None or most >= count else np.unique(np.linspace(0, count - 1, most).astype(int))

    def in_frame(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Cells of the crop as px of the frame."""
        place = np.asarray(self.cached.store.arrays["place"][rows])
        out = np.array(points, np.float64)
        out[..., :2] = out[..., :2] * STRIDE * place[:, None, 2:3] + place[:, None, :2]
        return out

    def score(self, points: np.ndarray, rows: np.ndarray) -> dict:
        """Figures of predictions in cells."""
        return measure([self.images[r] for r in rows], [self.sights[r] for r in rows], self.in_frame(points, rows), self.joints)

    def movenet(self, rows: np.ndarray) -> dict:
        """Figures of MoveNet's own decoding."""
        return self.score(movenet_as(self.cached.joints(rows), self.joints).numpy(), rows)

    def run(self, model, rows: np.ndarray, **options) -> dict:
        """Figures of a model; says what it is at, as a report takes minutes."""
        print(self.name, len(rows), options, file=sys.stderr, flush=True)
        return self.score(self.predict(model, self.cached, rows, **options)[0].numpy(), rows)


def dtype_table(pack: Path, config, scene: Scene, rows: np.ndarray, threads: int, **options) -> dict:
    """Size, milliseconds a person and accuracy of each dtype in ONNX Runtime; nothing where there is no pack."""
    out = {}
    for dtype in DTYPES if (pack / "manifest.json").exists() else ():
        files = [pack / f"{name}_{dtype}.onnx" for name in ("encode", "denoise")]
        session = Pack(*files, config, threads)
        begun = time.perf_counter()
        figures = scene.run(session, rows, **options)
        spent = 1000 * (time.perf_counter() - begun) / len(rows)
        out[dtype] = {"bytes": sum(f.stat().st_size for f in files), "ms": round(spent, 1), **figures}
    return out
