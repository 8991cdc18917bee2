"""Writes the model pack and the golden fixtures, and compares ONNX Runtime with PyTorch.

    python -m diffpose_training.diffpose_3d.export --out ../models/diffpose-3d --golden ../fixtures/golden/diffpose_3d

Two graphs, each as fp32 and q8 (dynamic int8 products): `context` runs once a window, `denoise` steps x N times a pose.
The large weights of the fp32 context are rounded to half precision and stored so; it computes in float32.
Prints the largest differences and a dtype report; fails when fp32 differs by more than 1e-4.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from . import cache as caches
from .data import Mocap, default_data_dir
from .denoise_stage import DenoiserModel
from .encoder import Encoder
from .evaluate import load_denoiser
from .fixtures import context_fixture, ddim_fixture, denoise_fixture, write_fixture
from ..common.graphs import export_graph, quantise, round_large_weights, store_half
from ..common.optimise import optimise_graph
from .manifest import manifest
from .metrics import mpjpe
from .onnx_run import Pack
from .protocol import scene
from ..common.trainer import load_average

TOLERANCE = 1e-4  # ONNX Runtime against PyTorch, float32


class Context(nn.Module):
    """The frozen encoder and the join as one graph: points (B, F, 17, 3) -> pose, features."""

    def __init__(self, encoder: Encoder, model: DenoiserModel):
        super().__init__()
        self.encoder, self.join = encoder, model.join

    def forward(self, points):
        pose, features = self.encoder(points)
        return pose, self.join(features, points, pose)


def export_models(context: nn.Module, denoise: nn.Module, out: Path, frames: int, width: int) -> dict[str, dict[str, Path]]:
    """All graph files: {graph: {dtype: file}}. The context's large weights are rounded to half precision and stored so."""
    out.mkdir(parents=True, exist_ok=True)
    round_large_weights(context)
    points = torch.rand(2, frames, 17, 3)
    state, anchor = torch.randn(6, 17, 5), torch.rand(6, 17, 10) + 0.1
    sample = {
        "context": (context, (points,), ["points"], ["pose", "features"]),
        "denoise": (denoise, (state, anchor, torch.randn(6, 17, width), torch.arange(6.0)), ["state", "anchor", "features", "step"], ["clean"]),
    }
    files: dict[str, dict[str, Path]] = {}
    for name, (net, inputs, input_names, output_names) in sample.items():
        fp32, q8 = out / f"{name}_fp32.onnx", out / f"{name}_q8.onnx"
        export_graph(net.eval(), inputs, fp32, input_names, output_names)
        quantise(fp32, q8)
        optimise_graph(q8)
        if net is context:
            store_half(fp32)
        files[name] = {"fp32": fp32, "q8": q8}
    return files


@torch.no_grad()
def largest_difference(file: Path, net: nn.Module, inputs: dict[str, torch.Tensor]) -> float:
    """Largest |ONNX Runtime - PyTorch| over all outputs, on a batch size other than the exported one."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    ours = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    theirs = net(*inputs.values())
    theirs = theirs if isinstance(theirs, tuple) else (theirs,)
    return max(float(np.abs(a - b.numpy()).max()) for a, b in zip(ours, theirs))


def dtype_report(files: dict, cache: caches.Cache, stats: dict, alphas, threads: int) -> list[dict]:
    """Bytes, milliseconds a window (N = 5, 5 steps, 27 frames) and MPJPE of each dtype, through ONNX Runtime."""
    report = []
    for dtype in ("fp32", "q8"):
        pack = Pack(files["context"][dtype], files["denoise"][dtype], alphas, stats, threads)
        poses = pack.run(cache.points[:1], 5, 5)
        begun = time.perf_counter()
        poses = torch.cat([pack.run(p[None], 5, 5, seed=i).mean(0) for i, p in enumerate(cache.points)])
        spent = (time.perf_counter() - begun) / len(cache.points)
        report.append({
            "dtype": dtype, "bytes": sum(files[g][dtype].stat().st_size for g in files), "msPerWindow": round(1000 * spent, 1),
            "mpjpe": round(mpjpe(poses, cache.target).mean().item(), 3),
        })  # fmt: skip
        report[-1]["mpjpeDelta"] = round(report[-1]["mpjpe"] - report[0]["mpjpe"], 3)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/diffpose_3d"))
    parser.add_argument("--denoiser", default="denoiser")
    parser.add_argument("--data", type=Path, default=default_data_dir())
    parser.add_argument("--out", type=Path, default=Path("../models/diffpose-3d"))
    parser.add_argument("--golden", type=Path, default=Path("../fixtures/golden/diffpose_3d"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--notes", default="", help="free text for the manifest's training entry")
    parser.add_argument("--windows", type=int, default=64, help="val windows of the dtype report")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    encoder = load_average(args.runs / "encoder.pt", Encoder())
    model, settings = load_denoiser(args.runs / f"{args.denoiser}.pt")
    cache, stats = caches.load(args.runs / "cache.pt")
    scale_file = args.runs / "sigma_scale.json"
    scales = json.loads(scale_file.read_text())["sigmaScale"] if scale_file.exists() else [1.0] * 17

    context = Context(encoder, model).eval()
    width, frames = model.denoise.config.width, encoder.config.frames
    files = export_models(context, model.denoise, args.out, frames, width)
    held = scene(Mocap(args.data / "val.npz"), encoder).cache
    pick = torch.linspace(0, len(held.points) - 1, args.windows).long()
    held = held.take(pick)
    differences = {
        "context": largest_difference(files["context"]["fp32"], context, {"points": held.points[:3]}),
        "denoise": largest_difference(
            files["denoise"]["fp32"], model.denoise,
            {"state": torch.randn(9, 17, 5), "anchor": torch.rand(9, 17, 10) + 0.02, "features": torch.randn(9, 17, width), "step": torch.arange(0, 45, 5.0)},
        ),
    }  # fmt: skip
    print("largest |ONNX Runtime - PyTorch|, fp32:", json.dumps(differences))
    assert max(differences.values()) <= TOLERANCE, differences
    dtypes = dtype_report(files, held, stats, model.alphas, args.threads)
    for line in dtypes:
        print(json.dumps(line))

    trained = {stage: torch.load(args.runs / f"{name}.pt", weights_only=True) for stage, name in (("encoder", "encoder"), ("denoiser", args.denoiser))}
    report = args.reports / "diffpose_3d.json"
    described = manifest(
        files, model, stats, scales, trained, dtypes, args.version,
        json.loads(report.read_text()) if report.exists() else None, frames, width, args.notes,
    )  # fmt: skip
    (args.out / "manifest.json").write_text(json.dumps(described, indent=1) + "\n")
    total = sum(f.stat().st_size for f in args.out.iterdir())
    print(f"{args.out}: {total / 1e6:.1f} MB")

    context_golden = context_fixture(context, held.points[:1])
    write_fixture(args.golden / "context.json", context_golden)
    write_fixture(args.golden / "denoise.json", denoise_fixture(model, held, context, stats))
    write_fixture(args.golden / "ddim.json", ddim_fixture(model, held, context, stats))


if __name__ == "__main__":
    main()
