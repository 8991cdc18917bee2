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

from ..common.batches import Mixture, rows_of
from ..common.heatmap_training import begin_from, from_caches, parser_of, prepare, run
from ..common.joint_sets import JOINT_SETS
from ..common.similarity import compare
from .hrnet import load_weights
from .loss import DiffusionConfig, loss_in_parts, loss_of_batch
from .model import DiffusionPose, ModelConfig
from .pictures import Pictures
from .predict import LEAST_STEPS, predict
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
    parser = parser_of(__doc__, "runs/diffusionpose", steps=3000, batch=24)
    parser.add_argument("--clips", type=Path, default=None, help="annotated pictures instead of caches")
    parser.add_argument("--val-clips", type=Path, default=None)
    parser.add_argument("--weights", type=Path, default=None, help="published checkpoint of HRNet")
    parser.add_argument("--joints", choices=list(JOINT_SETS), default="coco17")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="settings of ModelConfig, StructureConfig, DiffusionConfig")
    parser.add_argument("--plain", action="store_true", help="the convolution head alone, as a baseline of its own")
    return parser.parse_args()


def sources(args: argparse.Namespace, config: ModelConfig) -> tuple[Mixture, dict, dict[str, float]]:
    """Where batches come from, what validation looks at, and what to remember of both."""
    if args.clips is None:
        return from_caches(args)
    held = {} if args.val_clips is None else {"val": Pictures(read_people(args.val_clips, config.set), config, "val", args.seed)}
    return Mixture([Pictures(read_people(args.clips, config.set), config, "train", args.seed)], [1.0], args.seed), held, {args.clips.name: 1.0}


def main() -> None:
    args = parse()
    prepare(args)
    config, diffusion = configured(args.set, args.joints)
    model = DiffusionPose(config).to(memory_format=torch.channels_last)
    if args.weights is not None:
        load_weights(model.encode.body, args.weights)
    begin_from(model, args.init)
    mixture, held, shares = sources(args, config)
    pool = ThreadPoolExecutor(args.workers)
    options = {"diffusion": diffusion, "alphas": alphas_of(), "half": not args.float32, "plain": args.plain}

    def loss_of(net, step):
        batch = mixture.draw(step, args.batch, 0)
        if args.workers > 1:
            return loss_in_parts(pool, args.workers, net, batch, args.seed * 1_000_003 + 16 * step, **options)
        return loss_of_batch(net, batch, **options)

    def validate(net):
        out = {}
        for name, people in held.items():
            for steps in (0,) if args.plain else LEAST_STEPS:
                for kind, who in compare(*predict(net, people, rows_of(people, args.most), steps=steps), config.set).items():
                    if kind == "all" or steps == LEAST_STEPS[-1]:
                        out[f"{name}_ap_{kind}_{f's{steps}' if steps else 'conv'}"] = who["ours"]["ap"]
                        out |= {f"{name}_ap_{kind}_movenet": who["movenet"]["ap"]} if "movenet" in who else {}
                    if kind == "all":
                        out[f"{name}_pck_{f's{steps}' if steps else 'conv'}"] = who["ours"]["pck"]
        return out

    settings = {"model": asdict(config), "diffusion": asdict(diffusion), "caches": shares, "plain": args.plain}
    run(args, model, loss_of, validate if held else None, settings)


if __name__ == "__main__":
    main()
