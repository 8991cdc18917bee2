"""Command line, data and loop that the trainings on stored features share."""

import argparse
from pathlib import Path
from typing import Callable

import torch
from torch import nn

from .batches import Cached, Mixture
from .curves import plot
from .trainer import TrainConfig, train


def parser_of(doc: str, out: str, steps: int, batch: int) -> argparse.ArgumentParser:
    """The command line of a training."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache"))
    parser.add_argument("--train", nargs="+", default=["train=0.8", "real_train=0.2"], help="caches below CACHE with their shares; missing ones are left out")
    parser.add_argument("--val", nargs="+", default=["val", "real_val"])
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--name", default="model")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--stop-after", type=int, default=None)
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--log-every", type=int, default=50)
    parser.add_argument("--most", type=int, default=None, help="people of each validation set")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1, help="parts of a batch in threads of their own; then use --threads 1")
    parser.add_argument("--float32", action="store_true", help="no bfloat16")
    parser.add_argument("--init", type=Path, default=None, help="checkpoint whose average a new run starts from; layers of other sizes start anew")
    return parser


def prepare(args: argparse.Namespace) -> None:
    """Threads and seed; before the network is made."""
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)


def from_caches(args: argparse.Namespace) -> tuple[Mixture, dict[str, Cached], dict[str, float]]:
    """Where batches come from, what validation looks at, and the shares of the caches that exist."""
    shares = {part.partition("=")[0]: float(part.partition("=")[2] or 1) for part in args.train}
    there = [name for name in (*shares, *args.val) if (args.cache / name / "count.json").exists()]
    shares = {name: share for name, share in shares.items() if name in there}
    if not shares:
        raise SystemExit(f"no cache in {args.cache}: see the modules cache of DiffPose-Video and stills of DiffusionPose")
    mixture = Mixture([Cached(args.cache / name) for name in shares], list(shares.values()), args.seed)
    return mixture, {name: Cached(args.cache / name) for name in args.val if name in there}, shares


def begin_from(net: nn.Module, file: Path | None) -> None:
    """Takes what fits of a checkpoint's averaged weights; says what did not."""
    if file is None:
        return
    saved, own = torch.load(file, weights_only=True)["average"], net.state_dict()
    fitting = {name: value for name, value in saved.items() if name in own and own[name].shape == value.shape}
    net.load_state_dict(own | fitting)
    print("start anew:", ", ".join(sorted(set(own) - set(fitting))) or "nothing")


def run(args: argparse.Namespace, net: nn.Module, loss_of: Callable, validate: Callable | None, settings: dict) -> None:
    """Trains as the command line says and draws the curves; `loss_of(net, step)` has torch's generator seeded by the step."""

    def seeded(net: nn.Module, step: int):
        torch.manual_seed(args.seed * 1_000_003 + step)
        return loss_of(net, step)

    config = TrainConfig(
        args.name, steps=args.steps, batch=args.batch, lr=args.lr, seed=args.seed, warmup=min(100, args.steps // 10), weight_decay=0.02,
        save_every=args.save_every, log_every=args.log_every,
    )  # fmt: skip
    train(net, config, seeded, args.out, settings, validate, args.stop_after)
    plot(args.out / f"{args.name}.jsonl", args.out / f"{args.name}.png")
