"""Writes the model pack and the golden fixture, and compares ONNX Runtime with PyTorch.

    python -m diffpose_training.diffusionpose.export --out ../models/diffusionpose --golden ../fixtures/golden/diffusionpose/model.json

Two graphs, `encode` once a person and `denoise` once a step and hypothesis, each as fp32, fp16 (storage) and q8. Prints the largest differences;
fails when fp32 differs by more than 1e-4.
"""

import json

import torch

from ..common.heatmap_sigma import read_scales
from ..common.manifest import accuracy_rows
from ..common.packs import check, parser_of, write_pack
from .fixtures import golden
from .graphs import example, example_states, export_models
from .manifest import manifest
from .predict import load_model
from .report import dtype_rows


def main() -> None:
    args = parser_of(__doc__, "diffusionpose").parse_args()
    torch.manual_seed(0)
    file, report = args.runs / f"{args.name}.pt", args.reports / "diffusionpose.json"
    model = load_model(file)
    files = export_models(model, args.out)
    check(files, model, example(model.config, 1, seed=3), example_states(model.config, 3, seed=4))
    accuracy = accuracy_rows(report, file.with_suffix(".jsonl"), "diffusionpose", "main", ("movenet", "conv", "s1", "s2"))
    dtypes = dtype_rows(json.loads(report.read_text())) if report.exists() else []
    scales = {sampler: found["sigmaScale"] for sampler, found in read_scales(args.runs).get("samplers", {}).items()}
    saved = torch.load(file, weights_only=True)
    write_pack(args, manifest(files, model.config, saved, args.version, accuracy, scales, dtypes, args.notes), golden(model))


if __name__ == "__main__":
    main()
