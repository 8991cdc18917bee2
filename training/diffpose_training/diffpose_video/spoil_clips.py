"""Writes spoilt copies of annotated clips, so that every program can be measured on the same pictures.

    python -m diffpose_training.diffpose_video.spoil_clips --clips TEST --out runs/diffpose_video/spoilt --kinds clean blur occlusion small dark

OUT/KIND/ has the same layout as the clips: frames under the same names (JPEG, quality 95), annotations unchanged. The plan of a clip
follows from seed, kind and the clip's number; lengths are of the largest person in its middle frame; occluders stand before each person.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from ..common.clips import Clip, read_clips
from ..common.degrade import KINDS, Spoil, apply, draw_plan

QUALITY = 95


def reference(clip: Clip) -> tuple[float, float, float, float]:
    """Box of the largest person, in the frame nearest to the middle where anybody is."""
    seen = {frame for sights in clip.people.values() for frame in sights}
    frame = min(seen, key=lambda f: (abs(f - len(clip.files) // 2), f), default=None)
    boxes = [sights[frame].box for sights in clip.people.values() if frame in sights]
    return max(boxes, key=lambda box: max(box[2:]), default=(0.0, 0.0, 100.0, 100.0))


def spoil_frame(picture: np.ndarray, clip: Clip, index: int, spoils: tuple[Spoil, ...], box) -> np.ndarray:
    """One frame; occlusion is done for every person, with patches of their own size."""
    out = picture
    for what in spoils:
        if what.kind != "occlusion":
            out = apply(out, box, (what,))
            continue
        for sights in clip.people.values():
            if index in sights:
                out = apply(out, sights[index].box, (what,))
    return out


def spoil_clip(clip: Clip, source: Path, out: Path, kind: str, seed: int, number: int) -> None:
    """All frames of one clip."""
    middle = len(clip.files) // 2
    plan = draw_plan(kind, [i - middle for i in range(len(clip.files))], np.random.default_rng((seed, KINDS.index(kind), number)))
    box = tuple(float(v) for v in reference(clip))
    for index, file in enumerate(clip.files):
        target = out / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not plan.frames[index]:
            shutil.copyfile(file, target)
            continue
        pixels = spoil_frame(np.asarray(Image.open(file).convert("RGB"), np.float32), clip, index, plan.frames[index], box)
        Image.fromarray(pixels.astype(np.uint8)).save(target, quality=QUALITY)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    clips = read_clips(args.clips)
    for kind in args.kinds:
        for number, clip in enumerate(clips):
            spoil_clip(clip, args.clips, args.out / kind, kind, args.seed, number)
        for file in args.clips.rglob("*.json"):
            (args.out / kind / file.relative_to(args.clips)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, args.out / kind / file.relative_to(args.clips))
        print(kind, len(clips), flush=True)


if __name__ == "__main__":
    main()
