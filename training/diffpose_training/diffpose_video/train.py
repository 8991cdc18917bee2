"""Trains DiffPose-Video, an ablation of it, or the plain convolution head, on cached windows.

    python -m diffpose_training.diffpose_video.train                        # resumes by itself from OUT/NAME.pt
    python -m diffpose_training.diffpose_video.train --name conv --no-diffusion
    python -m diffpose_training.diffpose_video.train --name frames1 --frames 1

Writes OUT/NAME.pt, OUT/NAME.jsonl (figures, with those of validation) and OUT/NAME.png.
"""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from ..common.batches import Batch, Cached, in_batches, rows_of
from ..common.centre import REACH, centred_inputs
from ..common.diffusion import add_noise, cosine_alphas
from ..common.heatmap_loss import heatmap_loss
from ..common.heatmap_training import begin_from, from_caches, parser_of, prepare, run
from ..common.heatmaps import draw, read_peaks
from ..common.similarity import compare
from ..common.trainer import in_parts
from .model import DiffposeVideo, ModelConfig
from .sampler import SCALE, STEPS, heatmaps_of, to_state


@dataclass(frozen=True)
class DiffusionConfig:
    """How noisy heatmaps are drawn in training."""

    scale: float = SCALE
    last: float = 0.4  # share of the first draw that starts at the last step, as sampling does
    own: float = 0.5  # share of the second draw's states that come from the model's own answer, as in sampling


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
    truth, inputs = draw(batch.points, valid=batch.peak), centred_inputs(batch, model.config.centre)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        if not model.config.diffusion:
            loss = heatmap_loss(model.head(*inputs), truth, batch.weight)
            return loss, {"loss": loss.item()}
        maps = model.encode(*inputs)
        answer = model.denoise(noisy(truth, draws.first, alphas, diffusion.scale, draws.noise[0]), draws.first.float(), *maps)
        origin = torch.where(draws.own[:, None, None, None], answer.detach().float().clamp(0, 1), truth)
        again = model.denoise(noisy(origin, draws.second, alphas, diffusion.scale, draws.noise[1]), draws.second.float(), *maps)
    one, two = (heatmap_loss(maps, truth, batch.weight) for maps in (answer, again))
    return (one + two) / 2, {"loss": one.item(), "loss2": two.item()}


def noisy(heatmaps: Tensor, step: Tensor, alphas: Tensor, scale: float, noise: Tensor | None = None) -> Tensor:
    """Forward process at a step for each map of a batch."""
    clean = to_state(heatmaps, scale)
    return add_noise(clean, torch.randn_like(clean) if noise is None else noise, alphas[step].float()[:, None, None, None])


def loss_in_parts(pool: Executor, parts: int, model: DiffposeVideo, batch: Batch, diffusion: DiffusionConfig, *options) -> tuple[Tensor, dict[str, float]]:
    """The same from parts of a batch (synthetic and real windows in each), with the random numbers of the whole."""
    draws = Draw.of(len(batch.points), diffusion)
    return in_parts(pool, parts, model, lambda rows, _: loss_of_batch(model, batch.part(rows), diffusion, *options, draws.part(rows)))


def predict(model: DiffposeVideo, windows: Cached, rows, still: bool = False, **options) -> tuple[Tensor, list[Batch]]:
    """Peaks (n, 17, 3) of windows in the order of `rows`, which must rise; and the batches without their inputs. `still`: the key
    frame in the place of all frames."""

    def answer(batch: Batch, seed: int) -> Tensor:
        inputs, middle = centred_inputs(batch, model.config.centre), model.config.frames // 2
        if still:
            inputs = tuple(v if v.dim() == 4 else v[:, middle : middle + 1].expand_as(v).contiguous() for v in inputs)
        return read_peaks(heatmaps_of(model, inputs, seed=seed, **options))

    return in_batches(answer, windows, rows, model.config.frames)


def main() -> None:
    parser = parser_of(__doc__, "runs/diffpose_video", steps=4000, batch=16)
    parser.add_argument("--frames", type=int, choices=[1, 3, 5], default=5)
    parser.add_argument("--lmsfi", choices=["all", "j1", "off"], default="all")
    parser.add_argument("--centre", type=float, default=REACH, help="cells, reach of the person in the middle; 0: show everybody alike")
    parser.add_argument("--channels", type=int, nargs=2, default=ModelConfig.channels[1:], metavar=("C2", "C3"), help="of the maps at 32 x 32 and 64 x 64")
    parser.add_argument("--no-diffusion", action="store_true", help="the plain convolution head")
    parser.add_argument("--scale", type=float, default=SCALE)
    parser.add_argument("--own", type=float, default=DiffusionConfig.own)
    args = parser.parse_args()
    prepare(args)
    alphas = cosine_alphas(STEPS)
    diffusion = DiffusionConfig(scale=args.scale, own=args.own)
    channels = (ModelConfig.channels[0], *args.channels)
    config = ModelConfig(frames=args.frames, lmsfi=args.lmsfi, diffusion=not args.no_diffusion, centre=args.centre, channels=channels)
    model = DiffposeVideo(config).to(memory_format=torch.channels_last)
    begin_from(model, args.init)
    mixture, held, shares = from_caches(args)
    pool = ThreadPoolExecutor(args.workers)

    def loss_of(net, step):
        batch = mixture.draw(step, args.batch, args.frames)
        if args.workers > 1:
            return loss_in_parts(pool, args.workers, net, batch, diffusion, alphas, not args.float32)
        return loss_of_batch(net, batch, diffusion, alphas, not args.float32)

    def validate(net):
        out = {}
        for name, windows in held.items():
            for kind, who in compare(*predict(net, windows, rows_of(windows, args.most))).items():
                for which, value in who.items():
                    out[f"{name}_ap_{kind}_{which}"] = value["ap"]
                    if kind == "all":
                        out[f"{name}_pck_{which}"] = value["pck"]
        return out

    run(args, model, loss_of, validate, {"model": asdict(config), "diffusion": asdict(diffusion), "caches": shares})


if __name__ == "__main__":
    main()
