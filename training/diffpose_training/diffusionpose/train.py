"""Trains DiffusionPose or an ablation of it on cached stills.

    python -m diffpose_training.diffusionpose.train                        # resumes by itself from OUT/NAME.pt
    python -m diffpose_training.diffusionpose.train --name no_attention --set spatial=false channel=false --steps 600
    python -m diffpose_training.diffusionpose.train --cache runs/crowd/cache --train train --val val --joints crowdpose14 --name crowd
    python -m diffpose_training.diffusionpose.train --set backbone=hrnet_w32 side=256,192 --clips coco/train.json --val-clips coco/val.json \\
        --weights pose_hrnet_w32_256x192.pth

Writes OUT/NAME.pt, OUT/NAME.jsonl (figures, with those of validation) and OUT/NAME.png. `--cache` may hold caches of DiffPose-Video (the default) or those
of `stills`; with `--clips` pictures are read as they are needed, which is what a backbone that is trained along wants.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from pathlib import Path

import torch

from ..common.batches import Cached, Mixture
from ..common.joint_sets import JOINT_SETS
from ..common.trainer import TrainConfig, train
from ..diffpose_video.train import plot
from .hrnet import load_weights
from .loss import DiffusionConfig, in_parts, loss_of_batch
from .model import DiffusionPose, ModelConfig
from .pictures import Pictures
from .predict import LEAST_STEPS, compare, predict
from .stills import read_people
from .structure import StructureConfig, alphas_of


def setting(text: str, like):
    """The value of `NAME=TEXT` in the type of the default."""
    if isinstance(like, bool):
        return {"true": True, "false": False}[text]
    if isinstance(like, tuple):
        return tuple(int(part) for part in text.split(","))
    return type(like)(text)


def configured(pairs: list[str], joints: str) -> tuple[ModelConfig, DiffusionConfig]:
    """Settings given as NAME=VALUE: those of the model, of its drawings, or of the training states."""
    parts = [ModelConfig(joints=joints), StructureConfig(), DiffusionConfig()]
    for pair in pairs:
        name, _, text = pair.partition("=")
        owner = next((i for i, part in enumerate(parts) if any(f.name == name for f in fields(part))), None)
        if owner is None or name == "structure" or not text:
            known = sorted(f.name for part in parts for f in fields(part) if f.name != "structure")
            raise SystemExit(f"--set {pair}: NAME=VALUE with a name of {', '.join(known)}")
        parts[owner] = replace(parts[owner], **{name: setting(text, getattr(parts[owner], name))})
    return replace(parts[0], structure=parts[1]), parts[2]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache"))
    parser.add_argument("--train", nargs="+", default=["train=0.8", "real_train=0.2"], help="caches below CACHE with their shares; missing ones are left out")
    parser.add_argument("--val", nargs="+", default=["val", "real_val"])
    parser.add_argument("--clips", type=Path, default=None, help="annotated pictures instead of caches")
    parser.add_argument("--val-clips", type=Path, default=None)
    parser.add_argument("--weights", type=Path, default=None, help="published checkpoint of HRNet")
    parser.add_argument("--out", type=Path, default=Path("runs/diffusionpose"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--joints", choices=list(JOINT_SETS), default="coco17")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="settings of ModelConfig, StructureConfig, DiffusionConfig")
    parser.add_argument("--plain", action="store_true", help="the convolution head alone, as a baseline of its own")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--stop-after", type=int, default=None)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--log-every", type=int, default=50)
    parser.add_argument("--most", type=int, default=None, help="people of each validation set")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1, help="parts of a batch in threads of their own; then use --threads 1")
    parser.add_argument("--float32", action="store_true", help="no bfloat16")
    parser.add_argument("--init", type=Path, default=None, help="checkpoint whose average a new run starts from; layers of other sizes start anew")
    return parser.parse_args()


def begin(model: DiffusionPose, file: Path) -> list[str]:
    """Takes what fits of a checkpoint's averaged weights; returns what did not."""
    saved, own = torch.load(file, weights_only=True)["average"], model.state_dict()
    fitting = {name: value for name, value in saved.items() if name in own and own[name].shape == value.shape}
    model.load_state_dict(own | fitting)
    return sorted(set(own) - set(fitting))


def sources(args: argparse.Namespace, config: ModelConfig) -> tuple[Mixture, dict, dict]:
    """Where batches come from, what validation looks at, and what to remember of both."""
    if args.clips is not None:
        held = {} if args.val_clips is None else {"val": Pictures(read_people(args.val_clips, config.set), config, "val", args.seed)}
        return Mixture([Pictures(read_people(args.clips, config.set), config, "train", args.seed)], [1.0], args.seed), held, {args.clips.name: 1.0}
    named = [(args.cache / part.split("=")[0], float(part.partition("=")[2] or 1)) for part in args.train]
    named = [(folder, share) for folder, share in named if (folder / "count.json").exists()]
    if not named:
        raise SystemExit(f"no cache in {args.cache}: see the module stills")
    held = {name: Cached(args.cache / name) for name in args.val if (args.cache / name / "count.json").exists()}
    return Mixture([Cached(folder) for folder, _ in named], [share for _, share in named], args.seed), held, {folder.name: share for folder, share in named}


def main() -> None:
    args = parse()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    config, diffusion = configured(args.set, args.joints)
    model, alphas = DiffusionPose(config).to(memory_format=torch.channels_last), alphas_of()
    if args.weights is not None:
        load_weights(model.encode.body, args.weights)
    if args.init is not None:
        print("start anew:", ", ".join(begin(model, args.init)) or "nothing")
    mixture, held, remembered = sources(args, config)
    pool = ThreadPoolExecutor(args.workers)

    def loss_of(net, step):
        torch.manual_seed(args.seed * 1_000_003 + step)
        batch = mixture.draw(step, args.batch, 0)
        options = {"diffusion": diffusion, "alphas": alphas, "half": not args.float32, "plain": args.plain}
        if args.workers > 1:
            return in_parts(pool, args.workers, net, batch, args.seed * 1_000_003 + 16 * step, **options)
        return loss_of_batch(net, batch, **options)

    def validate(net):
        out = {}
        for name, people in held.items():
            rows = range(min(len(people), args.most or len(people)))
            for steps in (0,) if args.plain else LEAST_STEPS:
                found, seen = predict(net, people, rows, steps=steps)
                for kind, who in compare(found, seen, config).items():
                    if kind == "all" or steps == LEAST_STEPS[-1]:
                        out[f"{name}_ap_{kind}_{f's{steps}' if steps else 'conv'}"] = who["ours"]["ap"]
                        out |= {f"{name}_ap_{kind}_movenet": who["movenet"]["ap"]} if "movenet" in who else {}
                    if kind == "all":
                        out[f"{name}_pck_{f's{steps}' if steps else 'conv'}"] = who["ours"]["pck"]
        return out

    steps = TrainConfig(
        args.name, steps=args.steps, batch=args.batch, lr=args.lr, seed=args.seed, warmup=min(100, args.steps // 10), weight_decay=0.02,
        save_every=args.save_every, log_every=args.log_every,
    )  # fmt: skip
    settings = {"model": asdict(config), "diffusion": asdict(diffusion), "caches": remembered, "plain": args.plain}
    train(model, steps, loss_of, args.out, settings, validate if held else None, args.stop_after)
    plot(args.out, args.name)


if __name__ == "__main__":
    main()
