"""The two graphs: what they take and give, and their files."""

from pathlib import Path

import torch
from torch import Tensor

from ..common import packs
from ..common.crop import CELLS
from ..common.layers import JOINTS
from .model import FEATURES, DiffusionPose, ModelConfig

DENOISE_INPUTS = ("noisy", "masks", "step")


def encode_inputs(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes, without the first axis."""
    if config.backbone != "movenet":
        return {"image": (3, *config.side)}
    return {"heatmaps": (JOINTS, CELLS, CELLS)} | {f"features_{4 << i}": (c, CELLS >> i, CELLS >> i) for i, c in enumerate(FEATURES)}


def map_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of what the encoder hands to the decoder, without the first axis."""
    height, width = config.grid
    out = {"coarse": (config.set.count, height, width), "features": (config.features, height, width), "context_0": (config.channels[0], height, width)}
    for i, at in list(enumerate(config.levels))[1:]:
        if at is not None:
            out[f"context_{i}"] = (config.channels[i], height >> i, width >> i)
    return out


def example(config: ModelConfig, size: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Inputs of the encoder in the ranges of the backbone."""
    return tuple(packs.example(encode_inputs(config), size, seed).values())


def example_states(config: ModelConfig, size: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs of the decoder besides the encoder's maps."""
    rng, grid = torch.Generator().manual_seed(seed), config.grid
    return (
        torch.rand(size, config.set.count, *grid, generator=rng), (torch.rand(size, 2, *grid, generator=rng) < 0.3).float(),
        torch.tensor([299.0, 0.0, 999.0])[torch.arange(size) % 3],
    )  # fmt: skip


def export_models(model: DiffusionPose, out: Path) -> packs.Files:
    """All graph files, without int8 products: those would share a scale with the others of a batch, and nobody's answer may depend on the company; they are
    no faster here either."""
    inputs, states = packs.example(encode_inputs(model.config), 2), dict(zip(DENOISE_INPUTS, example_states(model.config, 2)))
    return packs.export_pair(model, out, inputs, states, tuple(map_shapes(model.config)), ("people", "states"), products=False)
