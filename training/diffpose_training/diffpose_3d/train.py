"""Trains one stage: the context encoder, the baseline, or the denoiser on top of the frozen encoder.

    python -m diffpose_training.diffpose_3d.train --stage encoder
    python -m diffpose_training.diffpose_3d.train --stage baseline
    python -m diffpose_training.diffpose_3d.train --stage denoiser

Resumes by itself from OUT/STAGE.pt. Writes OUT/STAGE.jsonl (one line of figures each 50 steps) and OUT/STAGE.png.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .baseline import Baseline, BaselineConfig
from .batches import Batch, draw_batch
from .data import Mocap, default_data_dir
from .encoder import Encoder, EncoderConfig
from .metrics import mpjpe
from .trainer import TrainConfig, train

VELOCITY_WEIGHT = 0.5  # of the error of frame-to-frame motion beside MPJPE, both in metres


def pose_loss(pose, target, inside):
    """MPJPE + weighted velocity error over the frames inside of the clip; metres."""
    weight = inside.float()
    error = ((pose - target).norm(dim=-1).mean(-1) * weight).sum() / weight.sum()
    both = weight[:, 1:] * weight[:, :-1]
    motion = ((pose.diff(dim=1) - target.diff(dim=1)).norm(dim=-1).mean(-1) * both).sum() / both.sum()
    return error + VELOCITY_WEIGHT * motion, error


def tensors(batch: Batch):
    """The batch's input, target and mask as tensors."""
    return tuple(torch.from_numpy(a) for a in (batch.points, batch.pose, batch.inside))


def train_lifter(net: nn.Module, config: TrainConfig, model_config: dict, data: Path, out: Path) -> nn.Module:
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

    return train(net, config, loss_of, out, model_config, validate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", choices=["encoder", "baseline", "denoiser"], required=True)
    parser.add_argument("--data", type=Path, default=default_data_dir())
    parser.add_argument("--out", type=Path, default=Path("runs/diffpose_3d"))
    parser.add_argument("--steps", type=int, default=None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    if args.stage == "encoder":
        config = TrainConfig("encoder", steps=args.steps or 3300, seed=args.seed)
        train_lifter(Encoder(), config, asdict(EncoderConfig()), args.data, args.out)
    elif args.stage == "baseline":
        config = TrainConfig("baseline", steps=args.steps or 3300, seed=args.seed)
        train_lifter(Baseline(), config, asdict(BaselineConfig()), args.data, args.out)


if __name__ == "__main__":
    main()
