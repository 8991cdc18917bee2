"""Factors that make the width of heatmaps and the spread of hypotheses an error bar, for each sampler.

Feedback has one answer a person, whose doubt is the width of its maps; hypotheses of the other sampler also disagree.

    python -m diffpose_training.diffusionpose.calibration             # fits RUNS/sigma_scale.json on validation stills
"""

import torch
from torch import Tensor

from ..common.batches import Batch, Cached
from ..common.centre import centred_inputs
from ..common.crop import CELLS
from ..common.heatmap_sigma import calibrate, parser_of, write_scales
from ..common.trainer import trained_steps
from .model import DiffusionPose
from .predict import load_model
from .sampler import PLANS, heatmaps_of
from .stills import to_grid


def calibrated(model: DiffusionPose, cached: Cached, most: int | None, **options) -> dict:
    """Factors of one sampler, and what they gain."""

    def read(batch: Batch, seed: int) -> tuple[Tensor, Tensor]:
        return heatmaps_of(model, centred_inputs(batch, model.config.reach), seed=seed, each=True, **options), to_grid(batch.points, model.config)

    return calibrate(read, cached, 0, model.config.structure.sigma * model.config.grid[0] / CELLS, most)


def main() -> None:
    args = parser_of(__doc__, "diffusionpose").parse_args()
    torch.set_num_threads(args.threads)
    file = args.runs / f"{args.name}.pt"
    model, cached = load_model(file), Cached(args.cache)
    found = {sampler: calibrated(model, cached, args.most, **plan) for sampler, plan in PLANS.items()}
    write_scales(args, trained_steps(file), {"plans": PLANS, "samplers": found})


if __name__ == "__main__":
    main()
