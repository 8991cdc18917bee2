"""Poses of many people from a trained network."""

from pathlib import Path

import torch
from torch import Tensor

from ..common.batches import Batch, in_batches
from ..common.centre import centred_inputs
from ..common.heatmaps import read_peaks
from ..common.trainer import load_trained
from .model import DiffusionPose, ModelConfig
from .sampler import heatmaps_of
from .stills import from_grid

LEAST_STEPS = (0, 1, 2)  # what validation looks at; no steps: the convolution head


def load_model(file: Path) -> DiffusionPose:
    """A trained network with its averaged weights."""
    return load_trained(file, lambda settings: DiffusionPose(ModelConfig.read(settings)))


def predict(model, people, rows, **options) -> tuple[Tensor, list[Batch]]:
    """Peaks (n, J, 3) in cells of the cache, of people in the order of `rows`, which must rise; and the batches without their inputs."""

    def answer(batch: Batch, seed: int) -> Tensor:
        return from_grid(read_peaks(heatmaps_of(model, centred_inputs(batch, model.config.reach), seed=seed, **options)), model.config)

    return in_batches(answer, people, rows, 0)


def ensembles(model, people, rows, counts: tuple[int, ...], **options) -> Tensor:
    """Peaks (n, K, J, 3) of the means of the first `counts` hypotheses of one run of a sampler."""

    def answer(batch: Batch, seed: int) -> Tensor:
        each = heatmaps_of(model, centred_inputs(batch, model.config.reach), seed=seed, hypotheses=max(counts), each=True, **options)
        return torch.stack([from_grid(read_peaks(each[:count].mean(0)), model.config) for count in counts], 1)

    return in_batches(answer, people, rows, 0)[0]
