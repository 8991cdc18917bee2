"""The two graphs as ONNX files, their half-precision and int8 versions, and inference through ONNX Runtime."""

import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from ..common.graphs import store_half, store_int8
from ..diffpose_video.graphs import DTYPES, export_graph
from .model import FEATURES, DiffusionPose, ModelConfig

MOVENET_INPUTS = ("heatmaps", "features_4", "features_8", "features_16", "features_32")
DENOISE_INPUTS = ("noisy", "masks", "step")
RANGES = {"heatmaps": (-10.0, 1.0), "features_4": (0.0, 2.0), "features_8": (0.0, 20.0), "features_16": (0.0, 20.0), "features_32": (-300.0, 300.0),
          "image": (-2.0, 2.0)}  # fmt: skip


def encode_inputs(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes, without the first axis."""
    if config.backbone != "movenet":
        return {"image": (3, *config.side)}
    return dict(zip(MOVENET_INPUTS, ((17, 64, 64), *((c, 64 >> i, 64 >> i) for i, c in enumerate(FEATURES)))))


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
    rng = torch.Generator().manual_seed(seed)
    return tuple(
        RANGES[name][0] + (RANGES[name][1] - RANGES[name][0]) * torch.rand(size, *shape, generator=rng) for name, shape in encode_inputs(config).items()
    )  # fmt: skip


def example_states(config: ModelConfig, size: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs of the decoder besides the encoder's maps."""
    rng, grid = torch.Generator().manual_seed(seed), config.grid
    return (
        torch.rand(size, config.set.count, *grid, generator=rng), (torch.rand(size, 2, *grid, generator=rng) < 0.3).float(),
        torch.tensor([299.0, 0.0, 999.0])[torch.arange(size) % 3],
    )  # fmt: skip


def export_models(model: DiffusionPose, out: Path) -> dict[str, dict[str, Path]]:
    """All graph files: {graph: {dtype: file}}. fp16 and q8 are storage only: int8 products would share a scale with the others of a batch, and
    nobody's answer may depend on the company; they are no faster here either."""
    out.mkdir(parents=True, exist_ok=True)
    config, model = model.config, model.to(memory_format=torch.contiguous_format).eval()
    with torch.no_grad():
        inputs = example(config, 2)
        maps = model.encode(*inputs)
    given, handed = tuple(encode_inputs(config)), tuple(map_shapes(config))
    # States and maps of the crop have axes of their own, so that one crop may be broadcast over its hypotheses.
    axes = {name: {0: "states"} for name in (*DENOISE_INPUTS, "clean")} | {name: {0: "maps"} for name in handed}
    files = {name: {dtype: out / f"{name}_{dtype}.onnx" for dtype in DTYPES} for name in ("encode", "denoise")}
    export_graph(model.encode, inputs, files["encode"]["fp32"], given, handed, {name: {0: "people"} for name in (*given, *handed)})
    export_graph(model.denoise, (*example_states(config, 2), *maps), files["denoise"]["fp32"], (*DENOISE_INPUTS, *handed), ("clean",), axes)
    for by_dtype in files.values():
        for dtype in ("fp16", "q8"):
            shutil.copyfile(by_dtype["fp32"], by_dtype[dtype])
        store_int8(by_dtype["q8"])
        for dtype in ("fp16", "q8"):
            store_half(by_dtype[dtype])
    return files


class Pack:
    """Both graphs in ONNX Runtime with the interface of the PyTorch model."""

    def __init__(self, encode: Path, denoise: Path, config: ModelConfig, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.sessions = [onnxruntime.InferenceSession(str(f), options, providers=["CPUExecutionProvider"]) for f in (encode, denoise)]
        self.config = config

    def encode(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Maps of crops."""
        feed = {name: np.ascontiguousarray(value.numpy()) for name, value in zip(encode_inputs(self.config), inputs)}
        return tuple(torch.from_numpy(value) for value in self.sessions[0].run(list(map_shapes(self.config)), feed))

    def denoise(self, *inputs: Tensor) -> Tensor:
        """One pass of the decoder: noisy, masks, step, maps."""
        names = (*DENOISE_INPUTS, *map_shapes(self.config))
        feed = {name: np.ascontiguousarray(value.float().numpy()) for name, value in zip(names, inputs)}
        return torch.from_numpy(self.sessions[1].run(["clean"], feed)[0])
