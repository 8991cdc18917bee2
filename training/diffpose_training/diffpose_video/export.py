"""Writes the model pack and the golden fixture, and compares ONNX Runtime with PyTorch.

    python -m diffpose_training.diffpose_video.export --out ../models/diffpose-video --golden ../fixtures/golden/diffpose_video/model.json

Two graphs, `encode` once a window and `denoise` steps x sets times, each as fp32, fp16 (storage) and q8 (dynamic int8 products).
Prints the largest differences; fails when fp32 differs by more than 1e-4.
"""

import argparse
import json
from pathlib import Path

import torch

from .evaluate import load_model
from .fixtures import golden, write
from .graphs import DTYPES, Pack, example, export_models, sha256
from .manifest import manifest

TOLERANCE = 1e-4  # ONNX Runtime against PyTorch, float32


@torch.no_grad()
def differences(files: dict, model) -> dict[str, dict[str, float]]:
    """Largest |ONNX Runtime - PyTorch| of each dtype: of the maps (relative to their largest value) and of one pass of the decoder."""
    inputs, noisy, step = example(model.config.frames, 1, seed=3), torch.randn(3, 17, 64, 64), torch.tensor([999.0, 499.0, 10.0])
    maps = model.encode(*inputs)
    clean = model.denoise(noisy, step, *maps)
    out = {}
    for dtype in DTYPES:
        pack = Pack(files["encode"][dtype], files["denoise"][dtype], model.config)
        found = pack.encode(*inputs)
        relative = max(float((a - b).abs().max() / b.abs().max().clamp_min(1e-6)) for a, b in zip(found, maps))
        out[dtype] = {"encode": relative, "denoise": float((pack.denoise(noisy, step, *maps) - clean).abs().max())}
    return out


def last_figures(log: Path) -> dict:
    """Validation figures of the last line of a run log that has some."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    some = [line for line in lines if any(key.startswith("val_") for key in line)]
    return {"split": "validation", "step": some[-1]["step"]} | {k.removeprefix("val_"): v for k, v in some[-1].items() if k.startswith("val_")} if some else {}


def accuracy_rows(log: Path, report: Path) -> list[dict]:
    """Rows of the manifest: those of the report on the test split, or of the run log's last validation."""
    if report.exists():
        result = json.loads(report.read_text())
        return [
            {"split": f"{result['split']}, {scene}", "method": method, "metric": "OKS AP", "value": row["oks"]["AP"], "unit": "%", "command": result["command"]}
            for method, scenes in result["start"].items() if method in ("movenet", "model") for scene, row in scenes.items()
        ]  # fmt: skip
    figures = last_figures(log)
    return [
        {"split": f"{name.split('_ap_')[0]}, {name.split('_ap_')[1].rsplit('_', 1)[0]}", "method": name.rsplit("_", 1)[1].replace("ours", "model"),
         "metric": "OKS AP, all scores equal", "value": round(value, 2), "unit": "%", "command": "python -m diffpose_training.diffpose_video.train"}
        for name, value in figures.items() if "_ap_" in name
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/diffpose_video"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--out", type=Path, default=Path("../models/diffpose-video"))
    parser.add_argument("--golden", type=Path, default=Path("../fixtures/golden/diffpose_video/model.json"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--notes", default="", help="free text for the manifest's training entry")
    args = parser.parse_args()
    torch.manual_seed(0)
    file = args.runs / f"{args.name}.pt"
    model = load_model(file).to(memory_format=torch.contiguous_format)
    files = export_models(model, args.out)
    found = differences(files, model)
    print("largest differences to PyTorch:", json.dumps(found))
    assert max(found["fp32"].values()) <= TOLERANCE, found
    saved = torch.load(file, weights_only=True)
    rows = accuracy_rows(args.runs / f"{args.name}.jsonl", args.reports / "diffpose_video.json")
    scales = args.runs / "sigma_scale.json"
    calibrated = json.loads(scales.read_text())["sigmaScale"] if scales.exists() else [1.0] * 17
    content = manifest(files, sha256, model.config, saved, args.version, rows, calibrated, args.notes)
    (args.out / "manifest.json").write_text(json.dumps(content, indent=1) + "\n")
    write(args.golden, golden(model))
    print(f"{args.out}: {sum(f.stat().st_size for f in args.out.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
