"""Trains one stage: the context encoder, the baseline, or the denoiser on top of the frozen encoder.

    python -m diffpose_training.diffpose_3d.train --stage encoder
    python -m diffpose_training.diffpose_3d.train --stage baseline
    python -m diffpose_training.diffpose_3d.train --stage cache        # encoder's answers on many windows, for the next
    python -m diffpose_training.diffpose_3d.train --stage denoiser

Resumes by itself from OUT/STAGE.pt. Writes OUT/STAGE.jsonl (one line of figures each 50 steps) and OUT/STAGE.png.
Ablations of the denoiser have a --name of their own and --join-of: --start normal, --mixtures 1, --no-features, --own-states 0.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import cache as caches
from .baseline import Baseline, BaselineConfig
from .batches import Batch, draw_batch
from .data import Mocap, default_data_dir
from .denoise_stage import DenoiserModel, DiffusionConfig, denoiser_loss, model_config
from .denoiser import DenoiserConfig
from .encoder import Encoder, EncoderConfig
from .losses import pose_loss
from .metrics import mpjpe
from .sampler import hypotheses
from ..common.trainer import TrainConfig, load_average, train

DEFAULT_LR = {"encoder": 1e-3, "baseline": 1e-3, "denoiser": 7e-4}
DEFAULT_STEPS = {"encoder": 2800, "baseline": 2800, "denoiser": 2300}


def tensors(batch: Batch):
    """The batch's input, target and mask as tensors."""
    return tuple(torch.from_numpy(a) for a in (batch.points, batch.pose, batch.inside))


def train_lifter(net: nn.Module, config: TrainConfig, model: dict, data: Path, out: Path) -> nn.Module:
    """Trains the encoder or the baseline: a network from points to poses."""
    mocap, held = Mocap(data / "train.npz"), Mocap(data / "val.npz")
    check = tensors(draw_batch(held, np.random.default_rng(99), 256))

    def loss_of(net, step):
        points, target, inside = tensors(draw_batch(mocap, np.random.default_rng((config.seed, step)), config.batch))
        loss, error = pose_loss(net(points)[0], target, inside)
        return loss, {"mpjpe": 1000 * error.item()}

    @torch.no_grad()
    def validate(net):
        points, target, inside = check
        return {"mpjpe": mpjpe(net(points)[0], target)[inside].mean().item()}

    return train(net, config, loss_of, out, model, validate)


def make_cache(data: Path, out: Path, windows: int, seed: int) -> None:
    """Encodes training windows and fits H_K's statistics; writes OUT/cache.pt."""
    encoder = load_average(out / "encoder.pt", Encoder())
    cache = caches.build(encoder, Mocap(data / "train.npz"), windows, seed)
    stats = caches.statistics(cache, seed)
    caches.save(out / "cache.pt", cache, stats)
    print(json.dumps({"windows": windows, "depthSigma": stats["depthSigma"].mean(0).tolist()}))


def train_denoiser(
    config: TrainConfig, denoiser: DenoiserConfig, diffusion: DiffusionConfig, data: Path, out: Path, cache_file: Path,
    join_of: Path | None = None, init: Path | None = None,
) -> nn.Module:  # fmt: skip
    """Trains join and denoiser on windows that the frozen encoder has seen; `init` starts from a checkpoint's average; with `join_of` (ablations) the second look of that checkpoint stays frozen."""
    stats = caches.load_statistics(cache_file)
    mocap, encoder = Mocap(data / "train.npz"), load_average(out / "encoder.pt", Encoder())
    held = draw_batch(Mocap(data / "val.npz"), np.random.default_rng(99), 256)
    check = caches.encode(encoder, held).take(torch.arange(256))
    model = DenoiserModel(EncoderConfig(), denoiser)
    if init is not None:
        load_average(init, model)
    elif join_of is None:
        model.join.trunk.load_state_dict(encoder.state_dict())
    else:
        whole = torch.load(join_of, weights_only=True)["average"]
        model.join.load_state_dict({k.removeprefix("join."): v for k, v in whole.items() if k.startswith("join.")})
        model.join.trunk.requires_grad_(False)

    def loss_of(net, step):
        part = caches.encode(encoder, draw_batch(mocap, np.random.default_rng((config.seed, 7, step)), config.batch))
        torch.manual_seed(config.seed * 1_000_003 + step)
        return denoiser_loss(net, part.take(torch.arange(config.batch)), stats, diffusion)

    @torch.no_grad()
    def validate(net):
        features = net.join(check.features, check.points, check.pose)
        some = (slice(None), slice(1, None, 6))
        target, inside = check.target[some], check.inside[some]
        second = net.join.second_look(check.points)[0][some]
        figures = {"encoder": mpjpe(check.pose[some], target)[inside].mean().item(), "second": mpjpe(second, target)[inside].mean().item()}
        for steps in (1, 5):
            poses = hypotheses(
                net, check.points[some], check.pose[some], features[some], stats, 3, steps, diffusion.start, diffusion.mixtures
            )
            figures[f"steps{steps}"] = mpjpe(poses.mean(0), target)[inside].mean().item()
            figures[f"spread{steps}"] = 1000 * poses.std(0).mean().item()
        return figures

    return train(model, config, loss_of, out, model_config(EncoderConfig(), denoiser, diffusion), validate)


def plot(out: Path, stage: str) -> None:
    """Loss curve of OUT/STAGE.jsonl as OUT/STAGE.png."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = [json.loads(line) for line in (out / f"{stage}.jsonl").read_text().splitlines()]
    figure, axes = pyplot.subplots(figsize=(6, 4))
    axes.plot([x["step"] for x in lines], [x["mpjpe"] for x in lines], label="train MPJPE")
    for key in ("val_mpjpe", "val_steps5", "val_encoder"):
        some = [(x["step"], x[key]) for x in lines if key in x]
        if some:
            axes.plot(*zip(*some), "o-", markersize=3, label=key)
    axes.set(xlabel="step", ylabel="mm", yscale="log", title=stage)
    axes.legend()
    axes.grid(True, which="both", alpha=0.3)
    figure.savefig(out / f"{stage}.png", dpi=100, bbox_inches="tight")
    pyplot.close(figure)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", choices=["encoder", "baseline", "cache", "denoiser"], required=True)
    parser.add_argument("--data", type=Path, default=default_data_dir())
    parser.add_argument("--out", type=Path, default=Path("runs/diffpose_3d"))
    parser.add_argument("--name", default=None, help="checkpoint name, default the stage")
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=None, help="peak, default 1e-3, denoiser 7e-4")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--windows", type=int, default=20000, help="windows of the cache stage")
    parser.add_argument("--cache", type=Path, default=None, help="default OUT/cache.pt")
    parser.add_argument("--start", choices=["gmm", "normal"], default="gmm")
    parser.add_argument("--mixtures", type=int, choices=[1, 3, 5], default=5)
    parser.add_argument("--no-features", action="store_true")
    parser.add_argument("--init", type=Path, default=None, help="denoiser checkpoint to go on from with a fresh schedule")
    parser.add_argument("--join-of", type=Path, default=None, help="denoiser checkpoint whose second look stays frozen (ablations)")
    parser.add_argument("--own-states", type=float, default=DiffusionConfig.own_states)
    parser.add_argument("--diversity", type=float, default=DiffusionConfig.diversity)
    return parser.parse_args()


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    if args.stage == "cache":
        return make_cache(args.data, args.out, args.windows, args.seed)
    name = args.name or args.stage
    steps, lr = args.steps or DEFAULT_STEPS[args.stage], args.lr or DEFAULT_LR[args.stage]
    config = TrainConfig(name, steps=steps, batch=args.batch, lr=lr, seed=args.seed, warmup=min(200, steps // 10))
    if args.stage == "encoder":
        train_lifter(Encoder(), config, asdict(EncoderConfig()), args.data, args.out)
    elif args.stage == "baseline":
        train_lifter(Baseline(), config, asdict(BaselineConfig()), args.data, args.out)
    else:
        denoiser = DenoiserConfig(features=not args.no_features)
        diffusion = DiffusionConfig(args.start, args.mixtures, args.own_states, args.diversity)
        train_denoiser(config, denoiser, diffusion, args.data, args.out, args.cache or args.out / "cache.pt", args.join_of, args.init)
    plot(args.out, name)


if __name__ == "__main__":
    main()
