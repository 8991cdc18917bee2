"""Factors that make the spread of the sets an error bar.

    python -m diffpose_training.diffpose_video.calibration            # fits RUNS/sigma_scale.json on validation windows
"""

import torch
from torch import Tensor

from ..common.batches import Batch, Cached
from ..common.centre import centred_inputs
from ..common.heatmap_sigma import calibrate, parser_of, write_scales
from ..common.trainer import trained_steps
from .evaluate import DEFAULT, load_model
from .sampler import heatmaps_of


def main() -> None:
    args = parser_of(__doc__, "diffpose_video").parse_args()
    torch.set_num_threads(args.threads)
    file = args.runs / f"{args.name}.pt"
    model = load_model(file)

    def read(batch: Batch, seed: int) -> tuple[Tensor, Tensor]:
        return heatmaps_of(model, centred_inputs(batch, model.config.centre), seed=seed, each=True, **DEFAULT), batch.points

    write_scales(args, trained_steps(file), calibrate(read, Cached(args.cache), model.config.frames, most=args.most))


if __name__ == "__main__":
    main()
