"""Measures encoder, baseline and DiffPose-3D on val or test, the ablations, and the calibration of sigma.

    python -m diffpose_training.diffpose_3d.evaluate --split val --calibrate     # fits RUNS/sigma_scale.json
    python -m diffpose_training.diffpose_3d.evaluate --split test                # writes REPORTS/diffpose_3d.{md,json}
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import cache as caches
from .baseline import Baseline
from .calibration import fit_scales, spread_and_error, summary
from .data import Mocap, default_data_dir
from .denoise_stage import DenoiserModel
from .denoiser import DenoiserConfig
from .encoder import Encoder, EncoderConfig
from .metrics import mpjpe, mpjve, n_mpjpe, p_mpjpe
from .protocol import Scene, join_features, run_lifter, scene
from .report import markdown
from .sampler import hypotheses
from ..common.report import report_file, write_report
from ..common.trainer import load_average

SUBSET = 9  # ablations look at every ninth frame of a window


def load_denoiser(file: Path) -> tuple[DenoiserModel, dict]:
    """A trained denoiser and its diffusion settings."""
    saved = torch.load(file, weights_only=True)["model"]
    model = DenoiserModel(EncoderConfig(**saved["encoder"]), DenoiserConfig(**saved["denoiser"]))
    return load_average(file, model), saved["diffusion"]


def errors(pose: Tensor, target: Tensor) -> dict[str, float]:
    """The four metrics of windows (n, F, 17, 3), mm; MPJVE in mm per frame at 25 frames a second."""
    figures = {"MPJPE": mpjpe, "P-MPJPE": p_mpjpe, "N-MPJPE": n_mpjpe, "MPJVE": mpjve}
    return {name: round(measure(pose, target).mean().item(), 2) for name, measure in figures.items()}


class Sampler:
    """Hypotheses of one denoiser on one scene, for all frames or the subset."""

    def __init__(self, file: Path, seen: Scene, stats: dict):
        self.model, self.settings = load_denoiser(file)
        self.cache, self.stats = seen.cache, stats
        self.features, self.second_pose = join_features(self.model.join, seen.cache)

    def poses(self, count: int, steps: int, every: int = 1) -> Tensor:
        """(N, n, F', 17, 3)."""
        part = (slice(None), slice(every // 2, None, every))
        return hypotheses(
            self.model, self.cache.points[part], self.cache.pose[part], self.features[part], self.stats,
            count, steps, self.settings["start"], self.settings["mixtures"],
        )  # fmt: skip

    def target(self, every: int = 1) -> Tensor:
        """The truth for `poses`."""
        return self.cache.target[:, every // 2 :: every]


def by_kind(seen: Scene, rows: dict[str, Tensor]) -> dict[str, dict[str, float]]:
    """MPJPE per source kind."""
    kinds = np.array(seen.kind)
    return {
        kind: {name: round(mpjpe(pose, seen.cache.target)[torch.from_numpy(kinds == kind)].mean().item(), 2) for name, pose in rows.items()}
        for kind in sorted(set(kinds))
    }


def ablations(runs: Path, seen: Scene, stats: dict, main: Sampler) -> dict:
    """Steps, N, start distributions, f_ST on the subset of frames; MPJPE in mm of the mean (and of the best) of N."""
    target = main.target(SUBSET)

    def error(pose: Tensor) -> float:
        return round(mpjpe(pose, target).mean().item(), 2)

    encoder = seen.cache.pose[:, SUBSET // 2 :: SUBSET]
    out = {"subset": {"encoder": error(encoder), "frames": int(target.shape[0] * target.shape[1])}}
    many = main.poses(20, 5, SUBSET)
    single = mpjpe(many, target)
    out["hypotheses"] = {
        n: {"mean": error(many[:n].mean(0)), "best": round(single[:n].min(0).values.mean().item(), 2)} for n in (1, 3, 5, 10, 20)
    }
    out["steps"] = {}
    for steps in (1, 2, 5, 10, 50):
        poses = main.poses(5, steps, SUBSET)
        out["steps"][steps] = {
            "N=1": round(mpjpe(poses, target).mean().item(), 2), "N=5": error(poses.mean(0)),
            "spreadMm": round(1000 * poses.std(0).mean().item(), 2),
        }  # fmt: skip
    out["variants"] = {}
    for file in sorted(runs.glob("ablation_*.pt")):
        sampler = Sampler(file, seen, stats)
        line = torch.load(file, weights_only=True)
        poses = sampler.poses(5, 5, SUBSET)
        one = sampler.poses(5, 1, SUBSET)
        out["variants"][file.stem.removeprefix("ablation_")] = {
            "steps": line["step"], "N=5, 5 steps": error(poses.mean(0)), "N=1, 5 steps": round(mpjpe(poses, target).mean().item(), 2),
            "N=5, 1 step": error(one.mean(0)), "spreadMm": round(1000 * poses.std(0).mean().item(), 2),
        }  # fmt: skip
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=["val", "test"], required=True)
    parser.add_argument("--data", type=Path, default=default_data_dir())
    parser.add_argument("--runs", type=Path, default=Path("runs/diffpose_3d"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--denoiser", default="denoiser", help="name of the denoiser's checkpoint")
    parser.add_argument("--calibrate", action="store_true", help="fit the scale of sigma and stop")
    parser.add_argument("--quick", action="store_true", help="no ablations")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)

    encoder = load_average(args.runs / "encoder.pt", Encoder())
    _, stats = caches.load(args.runs / "cache.pt")
    seen = scene(Mocap(args.data / f"{args.split}.npz"), encoder, views=2 if args.split == "val" else 1)
    sampler = Sampler(args.runs / f"{args.denoiser}.pt", seen, stats)
    every = SUBSET if args.calibrate else 1
    poses = sampler.poses(5, 5, every)
    sigma, error = spread_and_error(poses.flatten(1, 2), sampler.target(every).flatten(0, 1))
    scale_file = args.runs / "sigma_scale.json"
    if args.calibrate:
        scales = fit_scales(sigma, error)
        scale_file.write_text(json.dumps({"split": args.split, "sigmaScale": scales.round(3).tolist()}) + "\n")
        print(scale_file.read_text(), json.dumps(summary(sigma, error, scales)))
        return

    rows = {"encoder": seen.cache.pose, "second": sampler.second_pose, "diffpose_3d": poses.mean(0)}
    if (args.runs / "baseline.pt").exists():
        rows = {"baseline": run_lifter(load_average(args.runs / "baseline.pt", Baseline()), seen.cache.points), **rows}
    scales = np.array(json.loads(scale_file.read_text())["sigmaScale"]) if scale_file.exists() else np.ones(17)
    result = {
        "command": f"python -m diffpose_training.diffpose_3d.evaluate --split {args.split}",
        "split": args.split, "windows": len(seen.kind), "frames": int(seen.cache.inside.numel()), "torch": torch.__version__,
        "main": {name: errors(pose, seen.cache.target) for name, pose in rows.items()},
        "centre": {name: round(mpjpe(pose, seen.cache.target)[:, 13].mean().item(), 2) for name, pose in rows.items()},
        "kinds": by_kind(seen, rows),
        "perJointMm": {
            name: (1000 * (pose - seen.cache.target).norm(dim=-1).mean((0, 1))).round(decimals=1).tolist() for name, pose in rows.items()
        },
        "calibration": summary(sigma, error, scales),
        "parameters": {
            "encoder": sum(p.numel() for p in encoder.parameters()), "join": sum(p.numel() for p in sampler.model.join.parameters()),
            "denoiser": sum(p.numel() for p in sampler.model.denoise.parameters()),
        },
    }  # fmt: skip
    if not args.quick:
        result["ablations"] = ablations(args.runs, seen, stats, sampler)
    write_report(report_file(args.reports, "diffpose_3d", args.split), result, markdown)


if __name__ == "__main__":
    main()
