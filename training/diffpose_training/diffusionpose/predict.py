"""Poses of many people from a trained network, and how good they are."""

from pathlib import Path

import torch
from torch import Tensor

from ..common.batches import Batch
from ..common.crop import PADDING, SIDE, STRIDE
from ..common.degrade import KINDS
from ..common.heatmaps import read_peaks
from ..common.similarity import PCK, THRESHOLDS, oks
from .model import DiffusionPose, ModelConfig
from .sampler import heatmaps_of
from .stills import from_grid

LEAST_STEPS = (0, 1, 2)  # what validation looks at; no steps: the convolution head


def load_model(file: Path) -> DiffusionPose:
    """A trained network with its averaged weights."""
    saved = torch.load(file, weights_only=True)
    model = DiffusionPose(ModelConfig.read(saved["model"]["model"]))
    model.load_state_dict(saved["average"])
    return model.to(memory_format=torch.channels_last).eval()


@torch.no_grad()
def predict(model, people, rows, size: int = 24, **options) -> tuple[Tensor, list[Batch]]:
    """Peaks (n, J, 3) in cells of the cache, of people in the order of `rows`, which must rise; and the batches without their inputs."""
    found, seen = [], []
    for first in range(0, len(rows), size):
        batch = people.batch(rows[first : first + size], 0)
        found.append(from_grid(read_peaks(heatmaps_of(model, batch.inputs, seed=first, **options)), model.config))
        batch.inputs = ()
        seen.append(batch)
    return torch.cat(found), seen


def movenet_as(movenet: Tensor, config: ModelConfig) -> Tensor:
    """MoveNet's own decoding with the joints of a set; joints it does not know lie at 0."""
    known = torch.cat([movenet, torch.zeros_like(movenet[:, :1])], 1)
    return known[:, [at if at >= 0 else movenet.shape[1] for at in config.set.from_coco]]


def figures(found: Tensor, truth: Tensor, known: Tensor, area: Tensor, scale: Tensor, config: ModelConfig) -> dict[str, float]:
    """Mean share of people above the ten OKS thresholds ("ap"), and PCK, percent; boxes are given."""
    some = known.any(-1)
    similarity = oks(found, truth, known, area, scale, 2 * torch.tensor(config.set.sigmas))[some]
    near = (found[..., :2] - truth).norm(dim=-1) < PCK * SIDE / PADDING / STRIDE
    return {"ap": 100 * (similarity[:, None] >= THRESHOLDS).float().mean().item(), "pck": 100 * near[known].float().mean().item()}


def compare(found: Tensor, seen: list[Batch], config: ModelConfig) -> dict[str, dict[str, dict[str, float]]]:
    """Figures of ours and of MoveNet's decoding, by kind of degradation and over all. MoveNet is left out where it was not asked."""
    gather = {name: torch.cat([getattr(b, name) for b in seen]) for name in ("points", "weight", "peak", "movenet", "meta", "place")}
    known = (gather["peak"] > 0) & (gather["weight"] > 0)
    area, scale, kind = gather["place"][:, 3].float(), gather["place"][:, 2].float(), gather["meta"][:, 0]
    answers, out = {"ours": found}, {}
    if gather["movenet"].any():
        answers["movenet"] = movenet_as(gather["movenet"], config)
    for name in ("all", *KINDS):
        some = torch.ones_like(kind, dtype=torch.bool) if name == "all" else kind == KINDS.index(name)
        if some.any():
            out[name] = {
                who: figures(points[some], gather["points"][some], known[some], area[some], scale[some], config) for who, points in answers.items()
            }  # fmt: skip
    return out
