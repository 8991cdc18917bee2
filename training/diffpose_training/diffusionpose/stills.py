"""Stills: every annotated person of every picture by itself, with the joints of COCO, CrowdPose or AI Challenger, and their stored features.

    python -m diffpose_training.diffusionpose.stills --clips runs/synth/train --split train --stills 12000
    python -m diffpose_training.diffusionpose.stills --clips crowdpose_train.json --joints crowdpose14 --name train --stills 30000
    python -m diffpose_training.diffusionpose.stills --clips synth_test --split test --every 3 --name test_synth

A cache of DiffPose-Video may be used in place of one made here: of its windows the key frame counts. Any folder of annotated clips or
pictures will do (COCO-style and PoseTrack18 JSON, see common/clips.py, and the JSON of AI Challenger).
"""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..common.batches import INPUTS
from ..common.caching import Recipe, fill, parser_of
from ..common.clips import OCCLUDED_WEIGHT, Clip, Sight, clips_of
from ..common.crop import SIDE, STRIDE
from ..common.feature_store import FIELDS, PLAIN, quantise
from ..common.joint_sets import JOINT_SETS, JointSet
from ..common.movenet import Thunder, decode_single
from ..common.windows import FRAMES, Window, choose_window, crops_of, described
from .model import ModelConfig

TRUNCATED = 0.15  # share of training stills of which only a part of the person lies in the crop
AIC_VISIBLE = {1: 2, 2: 1, 3: 0}  # AI Challenger's visibility as COCO's


def aic_clips(file: Path, joints: JointSet) -> list[Clip]:
    """Pictures of the JSON of AI Challenger: a list with `human_annotations` (corners of boxes) and `keypoint_annotations`."""
    folders = [folder for folder in (file.parent, *sorted(p for p in file.parent.iterdir() if p.is_dir()))]
    out = []
    for entry in json.loads(file.read_text()):
        name = f"{entry['image_id']}.jpg"
        picture = next((folder / name for folder in folders if (folder / name).exists()), file.parent / name)
        people = {}
        for number, (key, given) in enumerate(sorted(entry["keypoint_annotations"].items())):
            points = np.asarray(given, np.float32).reshape(joints.count, 3)
            points[:, 2] = [AIC_VISIBLE[int(v)] for v in points[:, 2]]
            x0, y0, x1, y1 = entry["human_annotations"][key]
            if min(x1 - x0, y1 - y0) > 0 and points[:, 2].any():
                weights = np.choose(points[:, 2].astype(int), [0, OCCLUDED_WEIGHT, 1]).astype(np.float32)
                box = (float(x0), float(y0), float(x1 - x0), float(y1 - y0))
                people[number] = {0: Sight(box, box, points, weights, box[2] * box[3] * joints.area, False)}
        out.append(Clip(f"{file.stem}/{entry['image_id']}", [picture], people))
    return out


def read_people(root: Path, joints: JointSet) -> list[Clip]:
    """Annotated clips and pictures of a folder or of one JSON file."""
    files = [root] if root.is_file() else [file for file in sorted(root.rglob("*.json")) if file.name != "index.json"]
    out = []
    for file in files:
        with file.open() as stream:
            listed = stream.read(64).lstrip().startswith("[")
        clips = aic_clips(file, joints) if listed else clips_of(file, joints)
        if joints.area is not None and not listed:
            for sight in (s for clip in clips for sights in clip.people.values() for s in sights.values()):
                sight.area = sight.box[2] * sight.box[3] * joints.area
        out += clips
    return out


def truncated(box: tuple[float, float, float, float], rng: np.random.Generator) -> tuple[float, float, float, float]:
    """A part of a box: half to nine tenths of one side, from one of its ends."""
    x, y, width, height = box
    share, far = float(rng.uniform(0.5, 0.9)), bool(rng.random() < 0.5)
    if rng.random() < 0.6:
        return x, y + (height * (1 - share) if far else 0), width, height * share
    return x + (width * (1 - share) if far else 0), y, width * share, height


def choose_still(clip: Clip, rng: np.random.Generator, split: str, number: int) -> Window | None:
    """A random person in a random frame of a clip; None when there is nobody."""
    window = choose_window(clip, rng, split, number)
    if window is None:
        return None
    part = split == "train" and rng.random() < TRUNCATED
    return replace(window, frames=[window.key] * FRAMES, box=truncated(window.box, rng) if part else window.box)


def make_still(clip: Clip, window: Window, thunder: Thunder, number: int, joints: JointSet) -> dict[str, np.ndarray]:
    """Everything that is stored of one person."""
    crops, crop, _, spoilt = crops_of(clip, replace(window, frames=[window.key] * FRAMES))
    seen = thunder(crops)
    values = {"heat": seen.keypoint_heatmap} | {name: getattr(seen, name) for name in INPUTS[1:]}
    stored = {name: quantise(name, value[0]) for name, value in values.items()}
    return stored | described(clip, window, number, crop, spoilt, joints.mirror) | {"movenet": decode_single(seen, 0)}


def stills_of(joints: JointSet) -> Recipe:
    """Stores of stills: arrays of a window without its axis of frames."""
    fields = {name: (shape[1:] if len(shape) == 4 else shape, "uint8" if step else "float16") for name, (shape, step, _) in FIELDS.items()}
    return Recipe(fields | PLAIN | {"target": ((joints.count, 4), "float32")}, partial(make_still, joints=joints), choose_still)


def to_grid(points: Tensor, config: ModelConfig) -> Tensor:
    """Points in cells of the cache (four pixels of a square crop) as cells of a model's grid."""
    cut = torch.tensor([(SIDE - config.side[1]) / 2, (SIDE - config.side[0]) / 2])
    return (points * STRIDE - cut) / config.stride


def from_grid(points: Tensor, config: ModelConfig) -> Tensor:
    """The other way round; further columns (scores) stay."""
    cut = torch.tensor([(SIDE - config.side[1]) / 2, (SIDE - config.side[0]) / 2])
    return torch.cat([(points[..., :2] * config.stride + cut) / STRIDE, points[..., 2:]], -1)


def main() -> None:
    parser = parser_of(__doc__, "runs/diffusionpose/cache", "stills")
    parser.add_argument("--joints", choices=list(JOINT_SETS), default="coco17")
    args = parser.parse_args()
    joints = JOINT_SETS[args.joints]
    fill(args, stills_of(joints), partial(read_people, joints=joints))


if __name__ == "__main__":
    main()
