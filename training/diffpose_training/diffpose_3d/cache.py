"""What the denoiser trains on: windows with the frozen encoder's poses and features, computed once, and H_K's statistics."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .batches import Batch, draw_batch
from .data import Mocap
from .mixture import fit_mixture
from .skeleton import JOINTS

ROOT_SIGMA = 0.01  # metres; the hip is the origin, but its Gaussian needs some width
MIXTURES = (1, 3, 5)


@dataclass(frozen=True)
class Cache:
    """N windows; features in half precision."""

    points: Tensor  # (N, F, 17, 3)
    target: Tensor  # (N, F, 17, 3) metres
    image_points: Tensor  # (N, F, 17, 2)
    inside: Tensor  # (N, F) bool
    pose: Tensor  # (N, F, 17, 3) metres, the encoder's
    features: Tensor  # (N, F, 17, E) float16

    def take(self, index: Tensor) -> "Cache":
        """Some of the windows, features as float32."""
        parts = {name: getattr(self, name)[index] for name in self.__dataclass_fields__}
        return Cache(**{**parts, "features": parts["features"].float()})


@torch.no_grad()
def encode(encoder: nn.Module, batch: Batch, chunk: int = 32) -> Cache:
    """Runs the encoder over a batch in pieces."""
    points = torch.from_numpy(batch.points)
    poses, features = zip(*(encoder(part) for part in points.split(chunk)))
    return Cache(
        points, torch.from_numpy(batch.pose), torch.from_numpy(batch.image_points), torch.from_numpy(batch.inside),
        torch.cat(poses), torch.cat(features).half(),
    )  # fmt: skip


def join_caches(parts: list[Cache]) -> Cache:
    """One cache of several."""
    return Cache(**{name: torch.cat([getattr(p, name) for p in parts]) for name in Cache.__dataclass_fields__})


def build(encoder: nn.Module, mocap: Mocap, windows: int, seed: int, chunk: int = 256) -> Cache:
    """`windows` training windows seen by the frozen encoder."""
    parts = []
    for first in range(0, windows, chunk):
        rng = np.random.default_rng((seed, 1_000_003, first))
        parts.append(encode(encoder, draw_batch(mocap, rng, min(chunk, windows - first))))
    return join_caches(parts)


def depth_sigma(cache: Cache) -> np.ndarray:
    """Standard deviation (17, 3) of the encoder's residuals, metres."""
    residual = (cache.target - cache.pose)[cache.inside]  # (n, 17, 3)
    sigma = residual.square().mean(0).sqrt().numpy()
    return np.maximum(sigma, ROOT_SIGMA)


def residual_mixtures(cache: Cache, kernels: int, seed: int, samples: int = 6000) -> np.ndarray:
    """Per joint the mixture (17, M, 5) of (true point - given point) over the joints that the detector gave."""
    rng = np.random.default_rng(seed)
    residual = (cache.image_points - cache.points[..., :2]).numpy()
    seen = ((cache.points[..., 2] > 0) & cache.inside[..., None]).numpy()
    out = []
    for joint in range(JOINTS):
        points = residual[:, :, joint][seen[:, :, joint]].astype(np.float64)
        points = points[rng.choice(len(points), min(samples, len(points)), replace=False)]
        out.append(fit_mixture(points, kernels, rng))
    return np.stack(out)


def statistics(cache: Cache, seed: int) -> dict:
    """Everything of H_K that training fixes: depthSigma and the residual mixtures."""
    return {"depthSigma": torch.from_numpy(depth_sigma(cache)).float()} | {
        f"mixture{m}": torch.from_numpy(residual_mixtures(cache, m, seed)).float() for m in MIXTURES
    }


def save(file: Path, cache: Cache, stats: dict) -> None:
    """Writes cache and statistics."""
    torch.save({"cache": {n: getattr(cache, n) for n in Cache.__dataclass_fields__}, "stats": stats}, file)


def load(file: Path) -> tuple[Cache, dict]:
    """Reads what `save` wrote."""
    saved = torch.load(file, weights_only=True)
    return Cache(**saved["cache"]), saved["stats"]


def load_statistics(file: Path) -> dict:
    """Only H_K's statistics."""
    return torch.load(file, weights_only=True, mmap=True)["stats"]
