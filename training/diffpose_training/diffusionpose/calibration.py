"""Error bars of stills: for each sampler the factors that make its spread a standard deviation.

    python -m diffpose_training.diffusionpose.calibration            # fits RUNS/sigma_scale.json on validation people

Feedback has one answer a person, whose doubt is the width of its maps; hypotheses of the other sampler also disagree.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from ..common.batches import Cached
from ..common.heatmaps import read_peaks
from ..diffpose_video.calibration import LEVELS, coverage, fit_scale, sigma_of
from .model import DiffusionPose
from .predict import load_model
from .sampler import heatmaps_of
from .stills import to_grid

# The library's samplers, with the steps and hypotheses that they are fitted with.
PLANS = {"feedback": {"sampler": "feedback", "steps": 2}, "coordinates": {"sampler": "coarse", "steps": 2, "hypotheses": 5}}


@torch.no_grad()
def sigma_and_error(model: DiffusionPose, people: Cached, size: int = 16, most: int | None = None, **plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Uncalibrated sigma (n, J) and error (n, J), cells of the model's grid, and which joints are known."""
    sigmas, errors, known, config = [], [], [], model.config
    count = min(len(people), most or len(people))
    for first in range(0, count, size):
        batch = people.batch(range(first, min(first + size, count)), 0)
        sets = heatmaps_of(model, batch.inputs, seed=first, each=True, **plan)
        sigmas.append(sigma_of(sets))
        errors.append((read_peaks(sets.mean(0))[..., :2] - to_grid(batch.points, config)).norm(dim=-1))
        known.append((batch.peak > 0) & (batch.weight > 0))
    return tuple(torch.cat(values).numpy() for values in (sigmas, errors, known))


def fitted(sigma: np.ndarray, error: np.ndarray, known: np.ndarray) -> dict:
    """Factors of each joint and how good the scaled sigmas are. A joint that is never known keeps 1."""
    scales = np.array([fit_scale(sigma[k, j], error[k, j]) if (k := known[:, j]).any() else 1.0 for j in range(sigma.shape[1])])
    scaled, error = (sigma * scales)[known], error[known]
    return {
        "sigmaScale": scales.round(3).tolist(), "ece": round(float(np.abs(coverage(scaled, error) - LEVELS).mean()), 4),
        "eceRaw": round(float(np.abs(coverage(sigma[known], error) - LEVELS).mean()), 4), "spearman": round(float(stats.spearmanr(scaled, error).statistic), 3),
    }  # fmt: skip


def scales_of(file: Path, joints: int) -> dict[str, list[float]]:
    """What a calibration found, for the manifest; ones before there is one."""
    found = json.loads(file.read_text())["samplers"] if file.exists() else {}
    return {name: found[name]["sigmaScale"] if name in found else [1.0] * joints for name in PLANS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs/diffusionpose"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache/val"))
    parser.add_argument("--out", type=Path, default=None, help="default RUNS/sigma_scale.json")
    parser.add_argument("--most", type=int, default=None, help="people")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    file = args.runs / f"{args.name}.pt"
    model, people = load_model(file), Cached(args.cache)
    found = {name: fitted(*sigma_and_error(model, people, most=args.most, **plan)) for name, plan in PLANS.items()}
    content = {"split": "val", "step": torch.load(file, weights_only=True)["step"], "plans": PLANS, "samplers": found}
    (args.out or args.runs / "sigma_scale.json").write_text(json.dumps(content) + "\n")
    print(json.dumps(content))


if __name__ == "__main__":
    main()
