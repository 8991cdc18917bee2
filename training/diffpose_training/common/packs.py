"""Packs of the heatmap models: graph `encode` runs once a window or person and hands maps to graph `denoise`, which runs once a step and hypothesis."""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from .golden import write
from .graphs import export_graph, quantise, store_half, store_int8

DTYPES = ("fp32", "fp16", "q8")
TOLERANCE = 1e-4  # ONNX Runtime against PyTorch, float32
# Values of the inputs of `encode`, about.
RANGES = {"heatmaps": (-10.0, 1.0), "features_4": (0.0, 2.0), "features_8": (0.0, 20.0), "features_16": (0.0, 20.0), "features_32": (-300.0, 300.0),
          "image": (-2.0, 2.0)}  # fmt: skip
Files = dict[str, dict[str, Path]]  # graph -> dtype -> file


def example(shapes: dict[str, tuple[int, ...]], size: int, seed: int = 0) -> dict[str, Tensor]:
    """Inputs of `encode` with a first axis of `size`, in their ranges."""
    rng = torch.Generator().manual_seed(seed)
    return {name: RANGES[name][0] + (RANGES[name][1] - RANGES[name][0]) * torch.rand(size, *shape, generator=rng) for name, shape in shapes.items()}


def export_pair(model: nn.Module, out: Path, inputs: dict[str, Tensor], states: dict[str, Tensor], handed: tuple[str, ...], axes: tuple[str, str], products: bool) -> Files:
    """Both graphs in every dtype. `handed`: names of the maps; `axes`: names of the first axis of `inputs` and of `states`. fp16 is storage only: arithmetic
    is float32. q8 has int8 products of matrices; without `products` it is storage only too, convolutions as int8, the rest as fp16."""
    out.mkdir(parents=True, exist_ok=True)
    model = model.to(memory_format=torch.contiguous_format).eval()
    with torch.no_grad():
        maps = model.encode(*inputs.values())
    files = {name: {dtype: out / f"{name}_{dtype}.onnx" for dtype in DTYPES} for name in ("encode", "denoise")}
    first, second = ({name: {0: axis} for name in names} for axis, names in zip(axes, ((*inputs, *handed), (*states, "clean"))))
    # Maps have an axis of their own, so that those of one window may be broadcast over its states.
    second |= {name: {0: "maps"} for name in handed}
    export_graph(model.encode, tuple(inputs.values()), files["encode"]["fp32"], list(inputs), list(handed), first)
    export_graph(model.denoise, (*states.values(), *maps), files["denoise"]["fp32"], [*states, *handed], ["clean"], second)
    for by_dtype in files.values():
        shutil.copyfile(by_dtype["fp32"], by_dtype["fp16"])
        store_half(by_dtype["fp16"])
        if products:
            quantise(by_dtype["fp32"], by_dtype["q8"])
        else:
            shutil.copyfile(by_dtype["fp32"], by_dtype["q8"])
            store_int8(by_dtype["q8"])
            store_half(by_dtype["q8"])
    return files


class Pack:
    """Both graphs in ONNX Runtime with the interface of the PyTorch model."""

    def __init__(self, encode: Path, denoise: Path, config, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.sessions = [onnxruntime.InferenceSession(str(f), options, providers=["CPUExecutionProvider"]) for f in (encode, denoise)]
        self.config = config

    def run(self, graph: int, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """One graph's answers."""
        session = self.sessions[graph]
        feed = {port.name: np.ascontiguousarray(value.float().numpy()) for port, value in zip(session.get_inputs(), inputs, strict=True)}
        return tuple(torch.from_numpy(value) for value in session.run(None, feed))

    def encode(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Maps of windows or crops."""
        return self.run(0, inputs)

    def denoise(self, *inputs: Tensor) -> Tensor:
        """One pass of the decoder."""
        return self.run(1, inputs)[0]


@torch.no_grad()
def check(files: Files, model: nn.Module, inputs: tuple[Tensor, ...], states: tuple[Tensor, ...]) -> dict[str, dict[str, float]]:
    """Largest |ONNX Runtime - PyTorch| of each dtype: of the encoder's maps (relative to their largest value) and of one pass of the decoder. Prints them;
    refuses an fp32 that differs."""
    maps, out = model.encode(*inputs), {}
    clean = model.denoise(*states, *maps)
    for dtype in DTYPES:
        pack = Pack(files["encode"][dtype], files["denoise"][dtype], model.config)
        relative = max(float((a - b).abs().max() / b.abs().max().clamp_min(1e-6)) for a, b in zip(pack.encode(*inputs), maps))
        out[dtype] = {"encode": relative, "denoise": float((pack.denoise(*states, *maps) - clean).abs().max())}
    print("largest differences to PyTorch:", json.dumps(out))
    assert max(out["fp32"].values()) <= TOLERANCE, out
    return out


def parser_of(doc: str, system: str) -> argparse.ArgumentParser:
    """The command line of an export."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path(f"runs/{system}"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--out", type=Path, default=Path("../models") / system.replace("_", "-"))
    parser.add_argument("--golden", type=Path, default=Path(f"../fixtures/golden/{system}/model.json"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--notes", default="", help="free text for the manifest's training entry")
    return parser


def write_pack(args: argparse.Namespace, manifest: dict, golden: dict) -> None:
    """The manifest beside its graphs, and the golden file."""
    (args.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    write(args.golden, golden)
    print(f"{args.out}: {sum(f.stat().st_size for f in args.out.iterdir()) / 1e6:.1f} MB")
