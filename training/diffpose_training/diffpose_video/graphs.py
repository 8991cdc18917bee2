"""The two graphs: what they take and give, and their files."""

from pathlib import Path

import torch
from torch import Tensor

from ..common import packs
from ..common.crop import CELLS
from ..common.layers import JOINTS
from .model import DiffposeVideo, ModelConfig


def encode_inputs(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes, without the first axis."""
    f4, *rest = config.feature_channels
    lower = {f"features_{4 << i}": (config.frames, channels, CELLS >> i, CELLS >> i) for i, channels in enumerate(rest, 1)}
    return {"heatmaps": (config.frames, JOINTS, CELLS, CELLS), "features_4": (f4, CELLS, CELLS)} | lower


def map_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of what the encoder hands to the decoder, without the first axis."""
    levels = {f"maps_{side}": (2 * channels, side, side) for side, channels in zip((16, 32, 64), config.channels)}
    return {"base": (JOINTS, CELLS, CELLS)} | levels


def example(config: ModelConfig, windows: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Inputs of the encoder in the ranges of the backbone."""
    return tuple(packs.example(encode_inputs(config), windows, seed).values())


def export_models(model: DiffposeVideo, out: Path) -> packs.Files:
    """All graph files."""
    states = {"noisy": torch.randn(2, JOINTS, CELLS, CELLS), "step": torch.tensor([999.0, 499.0])}
    inputs = packs.example(encode_inputs(model.config), 2)
    return packs.export_pair(model, out, inputs, states, tuple(map_shapes(model.config)), ("windows", "sets"), products=True)
