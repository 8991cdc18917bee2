"""Stills: every annotated person of every picture by itself, with the joints of COCO, CrowdPose or AI Challenger; cached features and batches.

    python -m diffpose_training.diffusionpose.stills --clips runs/synth/train --split train --stills 12000
    python -m diffpose_training.diffusionpose.stills --clips crowdpose_train.json --joints crowdpose14 --name train --stills 30000
    python -m diffpose_training.diffusionpose.stills --clips synth_test --split test --every 3 --name test_synth

A cache of DiffPose-Video may be used in place of one made here: of its windows the key frame counts. Any folder of annotated clips or
pictures will do (COCO-style and PoseTrack18 JSON, see clips.py of DiffPose-Video, and the JSON of AI Challenger).
"""

import argparse
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..common.joint_sets import JOINT_SETS, JointSet
from ..diffpose_video.cache import FIELDS, FRAMES, PLAIN, ClipList, Store, Window, build, build_all, choose_window, crops_of, quantise, target_of
from ..diffpose_video.clips import OCCLUDED_WEIGHT, Clip, Sight, clips_of
from ..diffpose_video.crop import SIDE, STRIDE
from ..diffpose_video.dataset import INPUTS, Batch
from ..diffpose_video.degrade import KINDS
from ..diffpose_video.movenet import Thunder, decode_single
from .model import ModelConfig

TRUNCATED = 0.15  # share of training stills of which only a part of the person lies in the crop
AIC_VISIBLE = {1: 2, 2: 1, 3: 0}  # AI Challenger's visibility as COCO's


def types_of(joints: JointSet) -> dict[str, tuple[tuple[int, ...], str]]:
    """Arrays of a store of stills: those of a window without its axis of frames."""
    fields = {name: (shape[1:] if len(shape) == 4 else shape, "uint8" if step else "float16") for name, (shape, step, _) in FIELDS.items()}
    return fields | PLAIN | {"target": ((joints.count, 4), "float32")}


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
    sight = clip.people[window.track][window.key]
    values = {"heat": seen.keypoint_heatmap} | {name: getattr(seen, name) for name in INPUTS[1:]}
    meta = [KINDS.index(window.kind), spoilt[FRAMES // 2], number, window.track, window.key, window.mirrored]
    place = [crop.left, crop.top, crop.scale, sight.area, int((sight.points[:, 2] == 2).sum())]
    return {name: quantise(name, value[0]) for name, value in values.items()} | {
        "target": target_of(sight, crop, window.mirrored, joints.mirror), "movenet": decode_single(seen, 0),
        "meta": np.array(meta, np.int32), "place": np.array(place),
    }  # fmt: skip


class People(ClipList):
    """Clips of a folder by number, with the joints of a set."""

    def __init__(self, root: Path, joints: JointSet):
        self.root, self.expected, self.wait = root, None, False
        self.clips = read_people(root, joints)


def to_grid(points: Tensor, config: ModelConfig) -> Tensor:
    """Points in cells of the cache (four pixels of a square crop) as cells of a model's grid."""
    cut = torch.tensor([(SIDE - config.side[1]) / 2, (SIDE - config.side[0]) / 2])
    return (points * STRIDE - cut) / config.stride


def from_grid(points: Tensor, config: ModelConfig) -> Tensor:
    """The other way round; further columns (scores) stay."""
    cut = torch.tensor([(SIDE - config.side[1]) / 2, (SIDE - config.side[0]) / 2])
    return torch.cat([(points[..., :2] * config.stride + cut) / STRIDE, points[..., 2:]], -1)


class Stills:
    """A cache folder, of stills or of windows, read only; may grow while it is read."""

    def __init__(self, folder: Path):
        self.store = Store(folder)

    def __len__(self) -> int:
        return self.store.counts()[0]

    def read(self, name: str, rows: np.ndarray) -> Tensor:
        """One field of the middle frame."""
        array, (_, step, offset) = self.store.arrays[name], FIELDS[name]
        values = array[rows, array.shape[1] // 2] if array.ndim == 5 else array[rows]
        whole = torch.from_numpy(np.ascontiguousarray(values)).float()
        return whole if step is None else whole.mul_(step).add_(offset)

    def batch(self, rows, frames: int = 1) -> Batch:
        """People by number, in rising order; points in cells of the cache."""
        ordered = np.sort(np.asarray(rows))
        target, movenet, meta, place = (torch.from_numpy(self.store.arrays[n][ordered]) for n in ("target", "movenet", "meta", "place"))
        return Batch(tuple(self.read(name, ordered) for name in INPUTS), target[..., :2], target[..., 2], target[..., 3], movenet, meta, place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True, help="folder of annotated clips or pictures, or one JSON file")
    parser.add_argument("--joints", choices=list(JOINT_SETS), default="coco17")
    parser.add_argument("--expect", type=int, default=None, help="how many numbered clips there will be (while they are rendered)")
    parser.add_argument("--out", type=Path, default=Path("runs/diffusionpose/cache"))
    parser.add_argument("--name", default=None, help="folder below OUT, default the split")
    parser.add_argument("--split", choices=["train", "val", "test"], default="train", help="as for DiffPose-Video")
    parser.add_argument("--stills", type=int, default=None, help="how many; not with --split test")
    parser.add_argument("--every", type=int, default=1, help="test: only every so many frames of a clip")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--movenet", type=Path, default=None, help="pack movenet-thunder")
    args = parser.parse_args()
    joints = JOINT_SETS[args.joints]
    folder, thunder = args.out / (args.name or args.split), Thunder(args.movenet, args.threads)
    own = {"make": partial(make_still, joints=joints), "types": types_of(joints)}
    if args.split == "test":
        print(build_all(read_people(args.clips, joints), folder, args.every, thunder, **own))
        return
    if args.stills is None:
        parser.error("--stills is needed")
    clips = ClipList(args.clips, args.expect, False) if args.expect else People(args.clips, joints)
    print(build(clips, folder, args.split, args.stills, args.seed, thunder, choose=choose_still, **own))


if __name__ == "__main__":
    main()
