"""Trains DiffPose-Video, an ablation of it, or the plain convolution head, on cached windows.

    python -m diffpose_training.diffpose_video.train                        # resumes by itself from OUT/NAME.pt
    python -m diffpose_training.diffpose_video.train --name conv --no-diffusion
    python -m diffpose_training.diffpose_video.train --name frames1 --frames 1

Writes OUT/NAME.pt, OUT/NAME.jsonl (figures, with those of validation) and OUT/NAME.png.
"""

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..common.batches import Batch, Cached, Mixture
from ..common.degrade import KINDS
from ..common.diffusion import add_noise, cosine_alphas
from ..common.heatmaps import SIGMA, draw, read_peaks
from ..common.similarity import figures
from ..common.trainer import TrainConfig, train
from .model import DiffposeVideo, ModelConfig
from .sampler import SCALE, STEPS, heatmaps_of, to_state

JOINT_WEIGHT = torch.tensor([1.0] * 7 + [1.2] * 2 + [1.5] * 2 + [1.0] * 2 + [1.2] * 2 + [1.5] * 2)
MASS = torch.pi * SIGMA**2  # sum of a squared Gaussian: a loss of 1 is that of an empty prediction


@dataclass(frozen=True)
class DiffusionConfig:
    """How noisy heatmaps are drawn in training."""

    scale: float = SCALE
    last: float = 0.4  # share of the first draw that starts at the last step, as sampling does
    own: float = 0.5  # share of the second draw's states that come from the model's own answer, as in sampling


def heatmap_loss(answer: Tensor, batch: Batch) -> Tensor:
    """Squared error summed over a map, weighted by joint."""
    target = draw(batch.points) * batch.peak[..., None, None]
    error = (answer.float() - target).square().sum((-1, -2)) / MASS
    weight = batch.weight * JOINT_WEIGHT
    return (weight * error).sum() / weight.sum().clamp_min(1)


@dataclass
class Draw:
    """The random numbers of one training step: two noisy draws for each window."""

    first: Tensor  # (B,) step of the first
    second: Tensor
    own: Tensor  # (B,) whether the second comes from the model's own answer
    noise: Tensor  # (2, B, 17, 64, 64)

    @staticmethod
    def of(size: int, diffusion: DiffusionConfig) -> "Draw":
        """From torch's generator: the first near the start of sampling, the second anywhere."""
        late = torch.randint(STEPS // 2, STEPS, (size,))
        first = torch.where(torch.rand(size) < diffusion.last, torch.full((size,), STEPS - 1), late)
        return Draw(first, torch.randint(0, STEPS, (size,)), torch.rand(size) < diffusion.own, torch.randn(2, size, 17, 64, 64))

    def part(self, rows: slice) -> "Draw":
        """Those of some windows."""
        return Draw(self.first[rows], self.second[rows], self.own[rows], self.noise[:, rows])


def loss_of_batch(
    model: DiffposeVideo, batch: Batch, diffusion: DiffusionConfig, alphas: Tensor, half: bool, draws: Draw | None = None
) -> tuple[Tensor, dict[str, float]]:
    """Two noisy draws for one pass of the encoder. `half`: products in bfloat16."""
    draws = draws or Draw.of(len(batch.points), diffusion)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        if not model.config.diffusion:
            loss = heatmap_loss(model.head(*batch.inputs), batch)
            return loss, {"loss": loss.item()}
        maps = model.encode(*batch.inputs)
        truth = draw(batch.points) * batch.peak[..., None, None]
        answer = model.denoise(noisy(truth, draws.first, alphas, diffusion.scale, draws.noise[0]), draws.first.float(), *maps)
        origin = torch.where(draws.own[:, None, None, None], answer.detach().float().clamp(0, 1), truth)
        again = model.denoise(noisy(origin, draws.second, alphas, diffusion.scale, draws.noise[1]), draws.second.float(), *maps)
    one, two = heatmap_loss(answer, batch), heatmap_loss(again, batch)
    return (one + two) / 2, {"loss": one.item(), "loss2": two.item()}


def noisy(heatmaps: Tensor, step: Tensor, alphas: Tensor, scale: float, noise: Tensor | None = None) -> Tensor:
    """Forward process at a step for each map of a batch."""
    clean = to_state(heatmaps, scale)
    return add_noise(clean, torch.randn_like(clean) if noise is None else noise, alphas[step].float()[:, None, None, None])


def in_parts(
    pool: ThreadPoolExecutor, parts: int, model: DiffposeVideo, batch: Batch, diffusion: DiffusionConfig, alphas: Tensor, half: bool
) -> tuple[Tensor, dict[str, float]]:
    """The same loss from parts of a batch, each computed and derived in a thread of its own: on a busy processor that is faster than
    threads inside of every operation. The returned value has the right gradient, not the right value; batch norms see parts."""
    weights = [p for p in model.parameters() if p.requires_grad]
    draws = Draw.of(len(batch.points), diffusion)

    def one(index: int) -> tuple[list[Tensor | None], dict[str, float]]:
        rows = slice(index, None, parts)  # synthetic and real windows in each
        loss, found = loss_of_batch(model, batch.part(rows), diffusion, alphas, half, draws.part(rows))
        return list(torch.autograd.grad(loss, weights, allow_unused=True)), found

    answers = list(pool.map(one, range(parts)))
    total = sum((w * g).sum() for gradients, _ in answers for w, g in zip(weights, gradients) if g is not None) / parts
    return total, {key: sum(found[key] for _, found in answers) / parts for key in answers[0][1]}


@torch.no_grad()
def predict(model: DiffposeVideo, windows: Cached, rows, size: int = 24, still: bool = False, **options) -> tuple[Tensor, list[Batch]]:
    """Peaks (n, 17, 3) of windows in the order of `rows`, which must rise; and the batches without their inputs. `still`: the key
    frame in the place of all frames."""
    found, seen = [], []
    for first in range(0, len(rows), size):
        batch = windows.batch(rows[first : first + size], model.config.frames)
        if still:
            middle = model.config.frames // 2
            batch.inputs = tuple(v if v.dim() == 4 else v[:, middle : middle + 1].expand_as(v).contiguous() for v in batch.inputs)
        found.append(read_peaks(heatmaps_of(model, batch.inputs, seed=first, **options)))
        batch.inputs = ()
        seen.append(batch)
    return torch.cat(found), seen


def compare(found: Tensor, seen: list[Batch], trusted: float = 0.0) -> dict[str, dict[str, dict[str, float]]]:
    """Figures of ours and of the backbone's own decoding, by kind of degradation and over all."""
    gather = {name: torch.cat([getattr(b, name) for b in seen]) for name in ("points", "weight", "peak", "movenet", "meta", "place")}
    known = (gather["peak"] > 0) & (gather["weight"] > trusted)
    area, scale = gather["place"][:, 3].float(), gather["place"][:, 2].float()
    kind = gather["meta"][:, 0]
    out = {}
    for name in ("all", *KINDS):
        some = torch.ones_like(kind, dtype=torch.bool) if name == "all" else kind == KINDS.index(name)
        if some.any():
            out[name] = {
                who: figures(points[some], gather["points"][some], known[some], area[some], scale[some])
                for who, points in (("ours", found), ("movenet", gather["movenet"]))
            }
    return out


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache"))
    parser.add_argument("--train", nargs="+", default=["train=0.8", "real_train=0.2"], help="caches below CACHE with their shares; missing ones are left out")
    parser.add_argument("--val", nargs="+", default=["val", "real_val"])
    parser.add_argument("--out", type=Path, default=Path("runs/diffpose_video"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--stop-after", type=int, default=None)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1, help="parts of a batch in threads of their own; then use --threads 1")
    parser.add_argument("--float32", action="store_true", help="no bfloat16")
    parser.add_argument("--frames", type=int, choices=[1, 3, 5], default=5)
    parser.add_argument("--lmsfi", choices=["all", "j1", "off"], default="all")
    parser.add_argument("--no-diffusion", action="store_true", help="the plain convolution head")
    parser.add_argument("--scale", type=float, default=SCALE)
    parser.add_argument("--own", type=float, default=DiffusionConfig.own)
    parser.add_argument("--init", type=Path, default=None, help="checkpoint whose average a new run starts from")
    return parser.parse_args()


def plot(out: Path, name: str) -> None:
    """Curves of OUT/NAME.jsonl as OUT/NAME.png: loss, and how far AP on the validation windows lies above MoveNet's."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = [json.loads(line) for line in (out / f"{name}.jsonl").read_text().splitlines()]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4))
    left.plot([x["step"] for x in lines], [x["loss"] for x in lines], label="loss")
    left.set(xlabel="step", yscale="log", title=name)
    for key in sorted({k for x in lines for k in x if "_ap_" in k and k.endswith("_ours")}):
        some = [(x["step"], x[key] - x[key.replace("_ours", "_movenet")]) for x in lines if key in x]
        place, kind = key.removeprefix("val_").removesuffix("_ours").split("_ap_")
        colour = f"C{('all', *KINDS).index(kind)}"
        right.plot(*zip(*some), "o--" if place.startswith("real") else "o-", color=colour, markersize=3, label=f"{place}, {kind}")
    right.set(xlabel="step", ylabel="AP above MoveNet's decoding")
    right.legend(fontsize=6, ncols=2)
    for axes in (left, right):
        axes.grid(True, which="both", alpha=0.3)
    figure.savefig(out / f"{name}.png", dpi=100, bbox_inches="tight")
    pyplot.close(figure)


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    alphas = cosine_alphas(STEPS)
    diffusion = DiffusionConfig(scale=args.scale, own=args.own)
    config = ModelConfig(frames=args.frames, lmsfi=args.lmsfi, diffusion=not args.no_diffusion)
    model = DiffposeVideo(config).to(memory_format=torch.channels_last)
    if args.init is not None:
        model.load_state_dict(torch.load(args.init, weights_only=True)["average"])
    named = [(args.cache / part.split("=")[0], float(part.split("=")[1])) for part in args.train]
    named = [(folder, share) for folder, share in named if (folder / "count.json").exists()]
    mixture = Mixture([Cached(folder) for folder, _ in named], [share for _, share in named], args.seed)
    held = {name: Cached(args.cache / name) for name in args.val if (args.cache / name / "count.json").exists()}

    pool = ThreadPoolExecutor(args.workers)

    def loss_of(net, step):
        torch.manual_seed(args.seed * 1_000_003 + step)
        batch = mixture.draw(step, args.batch, args.frames)
        if args.workers > 1:
            return in_parts(pool, args.workers, net, batch, diffusion, alphas, not args.float32)
        return loss_of_batch(net, batch, diffusion, alphas, not args.float32)

    def validate(net):
        out = {}
        for name, windows in held.items():
            found, seen = predict(net, windows, range(len(windows)))
            for kind, who in compare(found, seen).items():
                for which, value in who.items():
                    out[f"{name}_ap_{kind}_{which}"] = value["ap"]
                    if kind == "all":
                        out[f"{name}_pck_{which}"] = value["pck"]
        return out

    steps = TrainConfig(
        args.name, steps=args.steps, batch=args.batch, lr=args.lr, seed=args.seed, warmup=min(100, args.steps // 10), weight_decay=0.02,
        save_every=args.save_every,
    )  # fmt: skip
    settings = {"model": asdict(config), "diffusion": asdict(diffusion), "caches": {folder.name: share for folder, share in named}}
    train(model, steps, loss_of, args.out, settings, validate, args.stop_after)
    plot(args.out, args.name)


if __name__ == "__main__":
    main()
