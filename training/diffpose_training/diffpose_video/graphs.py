"""The two graphs as ONNX files, their half-precision and int8 versions, and inference through ONNX Runtime."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from ..common.graphs import OPSET, quantise, store_half
from .model import DiffposeVideo

DTYPES = ("fp32", "fp16", "q8")
ENCODE_INPUTS = ("heatmaps", "features_4", "features_8", "features_16", "features_32")
MAPS = ("base", "maps_16", "maps_32", "maps_64")


def example(frames: int, windows: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Inputs of the encoder in the ranges of the backbone."""
    rng = torch.Generator().manual_seed(seed)

    def uniform(*shape: int, low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(windows, *shape, generator=rng)

    return (
        uniform(frames, 17, 64, 64, low=-10, high=1), uniform(24, 64, 64, low=0, high=2), uniform(frames, 24, 32, 32, low=0, high=20),
        uniform(frames, 32, 16, 16, low=0, high=20), uniform(frames, 64, 8, 8, low=-300, high=300),
    )  # fmt: skip


def export_graph(net: nn.Module, inputs: tuple, file: Path, names: tuple, outputs: tuple, axes: dict) -> None:
    """One graph; `axes` names the dynamic axes."""
    torch.onnx.export(
        net, inputs, str(file), input_names=list(names), output_names=list(outputs), dynamic_axes=axes, opset_version=OPSET,
        dynamo=False, do_constant_folding=True,
    )  # fmt: skip
    onnx.checker.check_model(str(file))


def export_models(model: DiffposeVideo, out: Path) -> dict[str, dict[str, Path]]:
    """All graph files: {graph: {dtype: file}}. fp16 is storage only: weights are half precision, arithmetic is float32."""
    out.mkdir(parents=True, exist_ok=True)
    model = model.to(memory_format=torch.contiguous_format).eval()
    with torch.no_grad():
        inputs = example(model.config.frames, 2)
        maps = model.encode(*inputs)
    windows = {name: {0: "windows"} for name in (*ENCODE_INPUTS, *MAPS)}
    noisy = (torch.randn(2, 17, 64, 64), torch.tensor([999.0, 499.0]), *maps)
    # Noisy maps and maps of the window have axes of their own, so that one window may be broadcast over its sets.
    axes = {name: {0: "sets"} for name in ("noisy", "step", "clean")} | {name: {0: "maps"} for name in MAPS}
    files = {name: {dtype: out / f"{name}_{dtype}.onnx" for dtype in DTYPES} for name in ("encode", "denoise")}
    export_graph(model.encode, inputs, files["encode"]["fp32"], ENCODE_INPUTS, MAPS, windows)
    export_graph(model.denoise, noisy, files["denoise"]["fp32"], ("noisy", "step", *MAPS), ("clean",), axes)
    for by_dtype in files.values():
        quantise(by_dtype["fp32"], by_dtype["q8"])
        shutil.copyfile(by_dtype["fp32"], by_dtype["fp16"])
        store_half(by_dtype["fp16"])
    return files


def sha256(file: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


class Pack:
    """Both graphs in ONNX Runtime with the interface of the PyTorch model."""

    def __init__(self, encode: Path, denoise: Path, config, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.sessions = [onnxruntime.InferenceSession(str(f), options, providers=["CPUExecutionProvider"]) for f in (encode, denoise)]
        self.config = config

    def encode(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Maps of windows."""
        feed = {name: value.contiguous().numpy() for name, value in zip(ENCODE_INPUTS, inputs)}
        return tuple(torch.from_numpy(value) for value in self.sessions[0].run(list(MAPS), feed))

    def denoise(self, noisy: Tensor, step: Tensor, *maps: Tensor) -> Tensor:
        """One pass of the decoder."""
        feed = {name: np.ascontiguousarray(value.numpy()) for name, value in zip(("noisy", "step", *MAPS), (noisy, step.float(), *maps))}
        return torch.from_numpy(self.sessions[1].run(["clean"], feed)[0])
