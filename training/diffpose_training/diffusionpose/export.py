"""Writes the model pack and the golden fixture, and compares ONNX Runtime with PyTorch.

    python -m diffpose_training.diffusionpose.export --out ../models/diffusionpose --golden ../fixtures/golden/diffusionpose/model.json

Two graphs, `encode` once a person and `denoise` once a step and hypothesis, each as fp32, fp16 (storage) and q8. Prints the largest differences;
fails when fp32 differs by more than 1e-4.
"""

import argparse
import json
from pathlib import Path

import torch

from ..diffpose_video.export import TOLERANCE, last_figures
from ..diffpose_video.fixtures import write
from ..diffpose_video.graphs import DTYPES, sha256
from .calibration import scales_of
from .fixtures import golden
from .graphs import Pack, example, example_states, export_models
from .manifest import manifest
from .predict import load_model


@torch.no_grad()
def differences(files: dict, model) -> dict[str, dict[str, float]]:
    """Largest |ONNX Runtime - PyTorch| of each dtype: of the encoder's maps (relative to their largest value) and of one pass of the decoder."""
    inputs, states = example(model.config, 1, seed=3), example_states(model.config, 3, seed=4)
    maps = model.encode(*inputs)
    clean = model.denoise(*states, *maps)
    out = {}
    for dtype in DTYPES:
        pack = Pack(files["encode"][dtype], files["denoise"][dtype], model.config)
        relative = max(float((a - b).abs().max() / b.abs().max().clamp_min(1e-6)) for a, b in zip(pack.encode(*inputs), maps))
        out[dtype] = {"encode": relative, "denoise": float((pack.denoise(*states, *maps) - clean).abs().max())}
    return out


def accuracy_rows(log: Path, report: Path) -> list[dict]:
    """Rows of the manifest: those of the report on the test split, or of the run log's last validation."""
    methods = ("movenet", "conv", "s1", "s2")
    if report.exists():
        result = json.loads(report.read_text())
        return [
            {"split": f"{result['split']}, {scene}", "method": method, "metric": "OKS AP", "value": row["oks"]["AP"], "unit": "%", "command": result["command"]}
            for method in methods for scene, row in result["main"].get(method, {}).items()
        ]  # fmt: skip
    figures = last_figures(log)
    return [
        {"split": split.replace("_", " "), "method": method, "metric": "OKS AP, all scores equal", "value": round(value, 2), "unit": "%",
         "command": "python -m diffpose_training.diffusionpose.train"}
        for method in methods for name, value in figures.items() for split, _, rest in [name.partition("_ap_all_")] if rest == method
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/diffusionpose"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--out", type=Path, default=Path("../models/diffusionpose"))
    parser.add_argument("--golden", type=Path, default=Path("../fixtures/golden/diffusionpose/model.json"))
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
    scales = scales_of(args.runs / "sigma_scale.json", model.config.set.count)
    rows = accuracy_rows(args.runs / f"{args.name}.jsonl", args.reports / "diffusionpose.json")
    content = manifest(files, sha256, model.config, saved, args.version, rows, scales, args.notes)
    (args.out / "manifest.json").write_text(json.dumps(content, indent=1) + "\n")
    write(args.golden, golden(model))
    print(f"{args.out}: {sum(f.stat().st_size for f in args.out.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
