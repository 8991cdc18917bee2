"""Frozen features of many windows on disk, so that training never runs the backbone.

    python -m diffpose_training.diffpose_video.cache --clips runs/synth/train --split train --windows 6000
    python -m diffpose_training.diffpose_video.cache --clips runs/synth/val   --split val   --windows 480
    python -m diffpose_training.diffpose_video.cache --clips TEST --split test --every 3 --name test_clean

Window k of a split and seed is the same whenever it is made; a stopped run goes on where it was. Clips that are still being
rendered are waited for with `--wait`. Any folder of annotated clips will do (see clips.py).
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
from PIL import Image

from .clips import Clip, Sight, clips_of, frames_around, read_clips
from .crop import CELLS, SIDE, STRIDE, Crop, crop_of, mirror_points, sample_crop
from .degrade import KINDS, apply, draw_plan
from .movenet import Seen, Thunder, decode_single

FRAMES = 5
# Stored as uint8 = round((value - offset) / step); float16 where step is None.
FIELDS: dict[str, tuple[tuple[int, ...], float | None, float]] = {
    "heat": ((FRAMES, 17, CELLS, CELLS), 1 / 16, -12.0),  # logits; below -12 means never
    "features_4": ((24, CELLS, CELLS), 1 / 56, 0.0),  # the key frame's only
    "features_8": ((FRAMES, 24, CELLS // 2, CELLS // 2), 1 / 4, 0.0),
    "features_16": ((FRAMES, 32, CELLS // 4, CELLS // 4), 1 / 4, 0.0),
    "features_32": ((FRAMES, 64, CELLS // 8, CELLS // 8), None, 0.0),
}
PLAIN: dict[str, tuple[tuple[int, ...], str]] = {
    "target": ((17, 4), "float32"),  # x, y in cells, weight, peak of the heatmap: 1, or 0 for a joint known to be absent
    "movenet": ((17, 3), "float32"),  # the backbone's own decoding of the key frame, cells
    "meta": ((6,), "int32"),  # kind, key frame spoilt, clip, track, key, mirrored
    "place": ((5,), "float64"),  # crop's left, top, scale; area of the person in square px of the frame; visible points
}
ABSENT_WEIGHT = 0.25  # a joint outside of crop or picture: its map should be empty
LEAST_SIDE, LEAST_POINTS = 24, 5  # people below are left out
TRAIN_KINDS = {"clean": 0.25, "mixed": 0.5, "blur": 0.07, "occlusion": 0.08, "small": 0.06, "dark": 0.04}
STILLS = 0.08  # windows that repeat one frame, as a single picture does


@dataclass(frozen=True)
class Window:
    """What to cut out and what to do to it."""

    track: int
    key: int
    frames: list[int]
    box: tuple[float, float, float, float]
    kind: str
    mirrored: bool
    seed: int


def usable(sight: Sight) -> bool:
    """Enough of the person to learn from."""
    return max(sight.box[2:]) >= LEAST_SIDE and int((sight.points[:, 2] > 0).sum()) >= LEAST_POINTS


def choose_window(clip: Clip, rng: np.random.Generator, split: str, number: int) -> Window | None:
    """A random person and key frame of a clip; None when there is nobody. On val, kinds take turns and nothing is mirrored."""
    choices = [(track, frame) for track, sights in clip.people.items() for frame, sight in sights.items() if usable(sight)]
    if not choices:
        return None
    track, key = choices[int(rng.integers(len(choices)))]
    sight = clip.people[track][key]
    train = split == "train"
    kind = str(rng.choice(list(TRAIN_KINDS), p=list(TRAIN_KINDS.values()))) if train else KINDS[number % len(KINDS)]
    box = np.array(sight.full_box if train and rng.random() < 0.3 else sight.box)
    if train:
        middle, size = box[:2] + box[2:] / 2, box[2:] * np.exp(np.clip(rng.normal(0, 0.13), -0.3, 0.3))
        middle = middle + rng.normal(0, 0.05, 2) * max(size)
        box = np.concatenate([middle - size / 2, size])
    step = 2 if train and rng.random() < 0.2 else 1
    still = train and rng.random() < STILLS
    frames = [key] * FRAMES if still else frames_around(key, FRAMES, len(clip.files), step)
    return Window(track, key, frames, tuple(box), kind, bool(train and rng.random() < 0.5), int(rng.integers(1 << 31)))


def all_windows(clips: list[Clip], every: int) -> list[tuple[int, Window]]:
    """For a test: every annotated person in every `every`-th frame, boxes exact, nothing done to the pictures."""
    out = []
    for number, clip in enumerate(clips):
        for track, sights in sorted(clip.people.items()):
            for key, sight in sorted(sights.items()):
                if len(clip.files) == 1 or key % every == every // 2:
                    frames = frames_around(key, FRAMES, len(clip.files))
                    out.append((number, Window(track, key, frames, sight.box, "clean", False, 0)))
    return out


def crops_of(clip: Clip, window: Window) -> tuple[np.ndarray, Crop, list[int], list[bool]]:
    """Spoilt crops of the different frames, where they lie, which crop each frame of the window is, and which are spoilt."""
    crop = crop_of(window.box)
    left, top = crop.to_crop(np.array(window.box[:2]))
    box = (float(left), float(top), float(window.box[2]) / crop.scale, float(window.box[3]) / crop.scale)
    times = [i - FRAMES // 2 for i in range(FRAMES)]
    plan = draw_plan(window.kind, times, np.random.default_rng(window.seed))
    # A frame that is repeated is the same picture each time, spoilt once: as its place nearest to the key frame says.
    places = sorted(range(FRAMES), key=lambda i: abs(times[i]))
    nearest = {f: next(i for i in places if window.frames[i] == f) for f in window.frames}
    different = list(nearest)
    crops = []
    for frame in different:
        picture = np.asarray(Image.open(clip.files[frame]).convert("RGB"))
        crops.append(apply(sample_crop(picture, crop), box, plan.frames[nearest[frame]]))
    if window.mirrored:
        crops = [c[:, ::-1] for c in crops]
    spoilt = [bool(plan.frames[nearest[f]]) for f in window.frames]
    return np.stack(crops), crop, [different.index(f) for f in window.frames], spoilt


def target_of(sight: Sight, crop: Crop, mirrored: bool, swap: list[int] | None = None) -> np.ndarray:
    """(J, 4): x, y in cells, weight, peak. `swap`: joints with left and right swapped, by default those of COCO-17."""
    points = np.concatenate([crop.to_crop(sight.points[:, :2]), sight.points[:, 2:], sight.weights[:, None]], 1)
    if mirrored:
        points = mirror_points(points, SIDE, swap)
    place = points[:, :2] / STRIDE
    inside = (place > 0).all(1) & (place < CELLS).all(1)
    known = points[:, 2] > 0
    weight = np.where(known & inside, points[:, 3], np.where(known | sight.exact, ABSENT_WEIGHT, 0.0))
    return np.concatenate([np.where(inside[:, None], place, 0), weight[:, None], (known & inside)[:, None]], 1).astype(np.float32)


def quantise(name: str, values: np.ndarray) -> np.ndarray:
    """Values as they are stored."""
    _, step, offset = FIELDS[name]
    return values.astype(np.float16) if step is None else np.clip(np.round((values - offset) / step), 0, 255).astype(np.uint8)


def record(seen: Seen, order: list[int]) -> dict[str, np.ndarray]:
    """The stored features of a window from its different crops."""
    middle = order[FRAMES // 2]
    values = {
        "heat": seen.keypoint_heatmap[order], "features_4": seen.features_4[middle], "features_8": seen.features_8[order],
        "features_16": seen.features_16[order], "features_32": seen.features_32[order],
    }  # fmt: skip
    return {name: quantise(name, value) for name, value in values.items()} | {"movenet": decode_single(seen, middle)}


class Store:
    """Arrays on disk with a count of what is there."""

    def __init__(self, folder: Path, capacity: int | None = None, types: dict[str, tuple[tuple[int, ...], str]] | None = None):
        self.folder, self.count_file = folder, folder / "count.json"
        self.arrays = {}
        fresh = not self.count_file.exists()
        if fresh and capacity is None:
            raise FileNotFoundError(f"no cache in {folder}")
        folder.mkdir(parents=True, exist_ok=True)
        types = types or {name: (shape, "uint8" if step else "float16") for name, (shape, step, _) in FIELDS.items()} | PLAIN
        for name, (shape, dtype) in types.items():
            file = folder / f"{name}.npy"
            if fresh:
                self.arrays[name] = np.lib.format.open_memmap(file, "w+", dtype, (capacity, *shape))
            else:
                self.arrays[name] = np.load(file, mmap_mode="r+" if capacity is not None else "r")
        self.capacity = len(self.arrays["meta"])
        if fresh:
            self.save(0, 0)

    def counts(self) -> tuple[int, int]:
        """Windows stored, and windows tried (a clip without a usable person stores none)."""
        content = json.loads(self.count_file.read_text())
        return content["count"], content["tried"]

    def save(self, count: int, tried: int) -> None:
        """Flushes, then says how many there are."""
        for array in self.arrays.values():
            array.flush()
        temporary = self.count_file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"count": count, "tried": tried}) + "\n")
        temporary.replace(self.count_file)

    def write(self, at: int, values: dict[str, np.ndarray]) -> None:
        """One window."""
        for name, value in values.items():
            self.arrays[name][at] = value


def make_window(clip: Clip, window: Window, thunder: Thunder, number: int) -> dict[str, np.ndarray]:
    """Everything that is stored of one window."""
    crops, crop, order, spoilt = crops_of(clip, window)
    sight = clip.people[window.track][window.key]
    meta = [KINDS.index(window.kind), spoilt[FRAMES // 2], number, window.track, window.key, window.mirrored]
    place = [crop.left, crop.top, crop.scale, sight.area, int((sight.points[:, 2] == 2).sum())]
    return record(thunder(crops), order) | {
        "target": target_of(sight, crop, window.mirrored), "meta": np.array(meta, np.int32), "place": np.array(place),
    }  # fmt: skip


class ClipList:
    """Clips of a folder by number; folders with one annotation file each are read when asked for, so that rendering may go on."""

    def __init__(self, root: Path, expected: int | None, wait: bool):
        self.root, self.expected, self.wait = root, expected, wait
        self.clips = None if expected else read_clips(root)

    def __len__(self) -> int:
        return self.expected or len(self.clips)

    def get(self, number: int) -> Clip | None:
        """Clip `number`, or None while it is not there."""
        if self.clips is not None:
            return self.clips[number]
        file = next(self.root.glob(f"*_{number:05d}"), self.root) / "annotations.json"
        while not file.exists():
            if not self.wait:
                return None
            time.sleep(20)
            file = next(self.root.glob(f"*_{number:05d}"), self.root) / "annotations.json"
        return clips_of(file)[0]


def build(
    clips: ClipList, folder: Path, split: str, windows: int, seed: int, thunder: Thunder, stop_after: int | None = None,
    choose: Callable = choose_window, make: Callable = make_window, types: dict | None = None,
) -> int:  # fmt: skip
    """Fills (or goes on filling) a store; returns how many windows it holds. Other kinds of windows choose, make and store in their own way."""
    store = Store(folder, windows, types)
    count, tried = store.counts()
    begun, first = time.time(), count
    while count < store.capacity and (stop_after is None or tried < stop_after):
        number = tried % len(clips)
        clip = clips.get(number)
        if clip is None:
            print(f"clip {number} is not there yet", flush=True)
            break
        window = choose(clip, np.random.default_rng((seed, number, tried // len(clips))), split, tried)
        tried += 1
        if window is not None:
            store.write(count, make(clip, window, thunder, number))
            count += 1
        if tried % 32 == 0:
            store.save(count, tried)
        if tried % 320 == 0:
            print(f"{count} of {store.capacity} windows, {(count - first) / (time.time() - begun):.1f} a second", flush=True)
    store.save(count, tried)
    return count


def build_all(clips: list[Clip], folder: Path, every: int, thunder: Thunder, make: Callable = make_window, types: dict | None = None) -> int:
    """The store of a test; resumes."""
    windows = all_windows(clips, every)
    store = Store(folder, len(windows), types)
    count, _ = store.counts()
    for at in range(count, len(windows)):
        number, window = windows[at]
        store.write(at, make(clips[number], window, thunder, number))
        if at % 32 == 31 or at + 1 == len(windows):
            store.save(at + 1, at + 1)
    return len(windows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True, help="folder of annotated clips")
    parser.add_argument("--expect", type=int, default=None, help="how many numbered clips there will be (while they are rendered)")
    parser.add_argument("--wait", action="store_true", help="wait for clips that are not there yet")
    parser.add_argument("--out", type=Path, default=Path("runs/diffpose_video/cache"))
    parser.add_argument("--name", default=None, help="folder below OUT, default the split")
    parser.add_argument("--split", choices=["train", "val", "test"], default="train", help="val: kinds of degradation in turn, boxes exact, not mirrored; test: every person of every clip as it is")
    parser.add_argument("--windows", type=int, default=None, help="how many; not with --split test")
    parser.add_argument("--every", type=int, default=1, help="test: only every so many frames are key frames")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--movenet", type=Path, default=None, help="pack movenet-thunder")
    args = parser.parse_args()
    folder, thunder = args.out / (args.name or args.split), Thunder(args.movenet, args.threads)
    if args.split == "test":
        print(build_all(read_clips(args.clips), folder, args.every, thunder))
        return
    if args.windows is None:
        parser.error("--windows is needed")
    print(build(ClipList(args.clips, args.expect, args.wait), folder, args.split, args.windows, args.seed, thunder))


if __name__ == "__main__":
    main()
