"""The pack of the official mode: graphs, manifest, golden fixture."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from . import graphs, sampler, schedule
from .build import Kind
from .graformer import STATE_CHANNELS, GCNdiff, GCNpose
from .graph import JOINTS
from .mixste import MixSTE2

LARGEST_ERROR = 1e-4  # between PyTorch and ONNX Runtime, float32: metres and screen units are of order 1
DTYPES = ("fp32", "q8")
GOLDEN_SIZE = (1000, 1002)  # width and height of a camera of Human3.6M, px: not square, so that swaps show
LICENSE = "the terms of whoever gave you the checkpoints; their code is MIT, the training data (Human3.6M) is not free"


@dataclass(frozen=True)
class Official:
    """Everything that the pack is made from."""

    kind: Kind
    points: str  # cpn or gt: which 2D points the denoiser was tuned for
    weights: str  # raw or ema
    lifter: GCNpose | MixSTE2
    denoiser: GCNdiff
    sources: dict[str, dict[str, str]]  # role -> file name and sha256
    license: str = LICENSE

    @property
    def frames(self) -> int:
        """Length of the window."""
        return self.lifter.frames if isinstance(self.lifter, MixSTE2) else 1


@dataclass(frozen=True)
class GraphReport:
    """One file that was written and how far it is from PyTorch."""

    graph: str
    dtype: str
    file: str
    bytes: int
    error: float


def write_pack(official: Official, folder: Path, dtypes: Sequence[str] = DTYPES) -> list[GraphReport]:
    """Writes the graphs, the golden fixture and, last, the manifest: a folder without manifest is not a pack.

    Raises ValueError if a float32 graph is further than LARGEST_ERROR from PyTorch.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").unlink(missing_ok=True)
    context = graphs.ContextGraph(official.lifter, official.frames)
    reports = [
        *_write_graph("context", context, _context_feeds(official, 2), "pose", folder, dtypes),
        *_write_graph("denoise", official.denoiser, _denoise_feeds(2), "noise", folder, dtypes),
    ]
    for report in reports:
        if report.dtype == "fp32" and not report.error <= LARGEST_ERROR:
            rule = f"Cannot write the pack as {report.file} must agree with PyTorch within {LARGEST_ERROR}"
            raise ValueError(f"{rule}: the largest error is {report.error:.3g}")
    golden = json.dumps(make_golden(official), separators=(",", ":"))
    (folder / "golden.json").write_text(golden + "\n")
    manifest = json.dumps(make_manifest(official, folder, reports), indent=1)
    (folder / "manifest.json").write_text(manifest + "\n")
    return reports


def make_manifest(official: Official, folder: Path, reports: Sequence[GraphReport]) -> dict[str, object]:
    """The manifest as a value that JSON can hold."""
    steps = schedule.step_list(official.kind, official.points)
    ports = {
        "context": (
            [_port("points", ["batch", official.frames, JOINTS, 2])],
            [_port("pose", ["batch", official.frames, JOINTS, 3])],
        ),
        "denoise": (
            [_port("state", ["batch", JOINTS, STATE_CHANNELS]), _port("step", ["batch"])],
            [_port("noise", ["batch", JOINTS, STATE_CHANNELS])],
        ),
    }
    entries: dict[str, dict[str, object]] = {}
    for name, (inputs, outputs) in ports.items():
        files = {
            report.dtype: {"file": report.file, "bytes": report.bytes, "sha256": _sha256(folder / report.file)}
            for report in reports
            if report.graph == name
        }
        # What 8 bits cost is only known for the graphs, not in millimetres on Human3.6M: they must be asked for.
        prefer = {"prefer": {"wasm": "fp32"}} if "fp32" in files else {}
        entries[name] = {**files, **prefer, "inputs": inputs, "outputs": outputs}
    return {
        "format": "diffpose-pack/1",
        "name": f"diffpose-3d-official-{official.kind}-{official.points}",
        "version": "1",
        "system": "diffpose_3d",
        "mode": "official",
        "license": official.license,
        "skeleton": "h36m17",
        "input": {"skeleton": "h36m17", "frames": official.frames, "channels": 2, "normalisation": "width"},
        "joints": JOINTS,
        "official": {
            "kind": official.kind,
            "points": official.points,
            "weights": official.weights,
            "state": ["u", "v", "x", "y", "z"],
            "flipAverage": official.kind == "video",
            "centredStart": official.kind == "frame",
            "sources": official.sources,
        },
        "diffusion": {
            "steps": schedule.STEPS,
            "alphaBar": schedule.alpha_bar(),
            "prediction": "eps",
            "eta": 0,
            "stepList": steps,
            "defaultSteps": len(steps),
            "defaultHypotheses": 1,
            "noiseScale": list(schedule.NOISE_SCALE),
        },
        "graphs": entries,
        "training": {"data": "as published", "license": official.license, "seed": None, "commands": []},
        "accuracy": [],
        "dtypes": [_dtype_row(dtype, reports) for dtype in dict.fromkeys(report.dtype for report in reports)],
    }


def make_golden(official: Official, seed: int = 20) -> dict[str, object]:
    """One window of random points and what the official evaluation makes of it, for a few of its frames."""
    width, height = GOLDEN_SIZE
    generator = torch.Generator().manual_seed(seed)
    body = torch.rand(1, JOINTS, 2, generator=generator) * 400 + 250
    drift = torch.randn(official.frames, JOINTS, 2, generator=generator).cumsum(dim=0) * 3
    points = ((body + drift) * 8).round() / 8  # eighths of a pixel: short in JSON and exact in float32
    steps = schedule.step_list(official.kind, official.points)
    found = sampler.estimate(
        official.kind, official.lifter, official.denoiser, points, GOLDEN_SIZE, schedule.alpha_bar(), steps
    )
    frames = sorted({0, official.frames // 2, official.frames - 1})
    return {
        "madeBy": "python -m diffpose_training.diffpose_3d.import_official",
        "seed": seed,
        "kind": official.kind,
        "width": width,
        "height": height,
        "steps": steps,
        "points": _flat(points),
        "frames": frames,
        "normalised": _flat(found.normalised[frames]),
        "initial": _flat(found.initial[frames]),
        "state": _flat(found.state[frames]),
        "pose": _flat(found.pose[frames]),
    }


def _write_graph(
    name: str, network: nn.Module, feeds: dict[str, Tensor], output: str, folder: Path, dtypes: Sequence[str]
) -> list[GraphReport]:
    plain = folder / f"{name}_fp32.onnx"
    graphs.export_fp32(network, feeds, output, plain)
    reports = []
    for dtype in dtypes:
        path = folder / f"{name}_{dtype}.onnx"
        if dtype == "q8":
            graphs.export_q8(plain, path)
        # Another batch size than the exporter saw, so that a size that was baked in shows.
        other = {key: torch.cat([value, value[:1] * 0.5]) for key, value in feeds.items()}
        error = max(graphs.largest_error(path, network, batch) for batch in (feeds, other))
        reports.append(GraphReport(name, dtype, path.name, path.stat().st_size, error))
    if "fp32" not in dtypes:
        plain.unlink()
    return reports


def _context_feeds(official: Official, batch: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {"points": torch.rand(batch, official.frames, JOINTS, 2, generator=generator) * 1.6 - 0.8}


def _denoise_feeds(batch: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(2)
    state = torch.rand(batch, JOINTS, STATE_CHANNELS, generator=generator) * 1.6 - 0.8
    return {"state": state, "step": torch.arange(batch, dtype=torch.float32) * 12}


def _dtype_row(dtype: str, reports: Sequence[GraphReport]) -> dict[str, object]:
    own = [report for report in reports if report.dtype == dtype]
    error = max(report.error for report in own)
    return {"dtype": dtype, "bytes": sum(report.bytes for report in own), "largestError": float(f"{error:.3g}")}


def _port(name: str, shape: list[object]) -> dict[str, object]:
    return {"name": name, "dtype": "float32", "shape": shape}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _flat(values: Tensor) -> list[float]:
    return [float(f"{value:.7g}") for value in values.flatten().tolist()]
