"""Writes the model pack and the golden fixture, and compares ONNX Runtime with PyTorch.

    python -m diffpose_training.diffpose_video.export --out ../models/diffpose-video --golden ../fixtures/golden/diffpose_video/model.json

Two graphs, `encode` once a window and `denoise` steps x sets times, each as fp32, fp16 (storage) and q8 (dynamic int8 products).
Prints the largest differences; fails when fp32 differs by more than 1e-4.
"""

import torch

from ..common.heatmap_sigma import read_scales
from ..common.manifest import accuracy_rows
from ..common.packs import check, parser_of, write_pack
from .evaluate import load_model
from .fixtures import golden
from .graphs import example, export_models
from .manifest import manifest


def main() -> None:
    args = parser_of(__doc__, "diffpose_video").parse_args()
    torch.manual_seed(0)
    file = args.runs / f"{args.name}.pt"
    model = load_model(file)
    files = export_models(model, args.out)
    check(files, model, example(model.config, 1, seed=3), (torch.randn(3, 17, 64, 64), torch.tensor([999.0, 499.0, 10.0])))
    accuracy = accuracy_rows(args.reports / "diffpose_video.json", file.with_suffix(".jsonl"), "diffpose_video", "start", ("movenet", "model"))
    saved = torch.load(file, weights_only=True)
    write_pack(args, manifest(files, model.config, saved, args.version, accuracy, read_scales(args.runs).get("sigmaScale", [1.0] * 17), args.notes), golden(model))


if __name__ == "__main__":
    main()
