"""Who is cut out of a clip and what is done to the pictures: windows of frames around a key frame, crops, targets."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from .clips import Clip, Sight, frames_around
from .crop import CELLS, SIDE, STRIDE, Crop, crop_of, mirror_points, sample_crop
from .degrade import KINDS, apply, draw_plan

FRAMES = 5
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


def described(clip: Clip, window: Window, number: int, crop: Crop, spoilt: list[bool], swap: list[int] | None = None) -> dict[str, np.ndarray]:
    """What is known of a window of clip `number` besides its pixels: target, meta, place."""
    sight = clip.people[window.track][window.key]
    meta = [KINDS.index(window.kind), spoilt[FRAMES // 2], number, window.track, window.key, window.mirrored]
    place = [crop.left, crop.top, crop.scale, sight.area, int((sight.points[:, 2] == 2).sum())]
    return {"target": target_of(sight, crop, window.mirrored, swap), "meta": np.array(meta, np.int32), "place": np.array(place)}
