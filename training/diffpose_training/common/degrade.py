"""Spoils pictures on purpose: motion blur, defocus, occluders, few pixels, low light, compression.

A plan says for each frame of a window what happens to it; frames differ, so that a better look at the same moment is often
next door. Lengths are shares of the person's size. Everything follows from the generator that is given.
"""

import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageFilter

KINDS = ("clean", "blur", "occlusion", "small", "dark", "mixed")  # of a whole window, as evaluation reports them
SINGLE = ("blur", "defocus", "occlusion", "small", "dark", "jpeg")  # of one frame
CLEAN_FRAMES = 0.3  # share of frames of a spoilt window that stay clean, so that time carries information
BOX = tuple[float, float, float, float]


@dataclass(frozen=True)
class Occluder:
    """A patch before the person, in shares of the person's box; moves `speed` a frame."""

    centre: tuple[float, float]
    size: tuple[float, float]
    speed: tuple[float, float]
    round: bool
    seed: int


@dataclass(frozen=True)
class Spoil:
    """What happens to one frame."""

    kind: str
    strength: float = 0.5  # 0..1
    seed: int = 0
    occluders: tuple[Occluder, ...] = ()
    time: int = 0  # frames from the key frame, moves the occluders


@dataclass(frozen=True)
class Plan:
    """What happens to each frame of a window: some spoils each, applied in order."""

    kind: str
    frames: tuple[tuple[Spoil, ...], ...] = field(default=())


def draw_occluders(rng: np.random.Generator, most: int = 2) -> tuple[Occluder, ...]:
    """One to `most` patches over the body."""
    out = []
    for _ in range(int(rng.integers(1, most + 1))):
        size = rng.uniform(0.18, 0.55, 2) * (1.0, 0.8)
        out.append(
            Occluder(tuple(rng.uniform(0.15, 0.85, 2)), tuple(size), tuple(rng.normal(0, 0.09, 2)), bool(rng.random() < 0.5), int(rng.integers(1 << 31)))
        )
    return tuple(out)


def spoil_of(kind: str, rng: np.random.Generator, time: int, occluders: tuple[Occluder, ...]) -> Spoil:
    """One frame's spoil of a kind."""
    return Spoil(kind, float(rng.uniform()), int(rng.integers(1 << 31)), occluders, time)


def draw_plan(kind: str, times: list[int], rng: np.random.Generator) -> Plan:
    """Plan of a window or clip whose frames lie at `times` (frames from the key frame).

    Low light and few pixels last; blur, defocus and compression come and go; occluders move. "mixed" draws among all.
    """
    if kind == "clean":
        return Plan(kind, tuple(() for _ in times))
    occluders = draw_occluders(rng)
    lasting = Spoil(kind, float(rng.uniform()))
    frames: list[tuple[Spoil, ...]] = []
    every = str(rng.choice(["", "small", "dark"], p=[0.6, 0.25, 0.15])) if kind == "mixed" else kind
    for time in times:
        spoils = []
        if every in ("small", "dark"):
            spoils.append(Spoil(every, lasting.strength, int(rng.integers(1 << 31))))
        if kind == "occlusion":
            spoils.append(spoil_of("occlusion", rng, time, occluders))
        elif kind == "blur":
            if rng.random() > CLEAN_FRAMES:
                spoils.append(spoil_of("blur" if rng.random() < 0.8 else "defocus", rng, time, ()))
        elif kind == "mixed" and rng.random() > CLEAN_FRAMES:
            one = str(rng.choice(SINGLE, p=[0.35, 0.12, 0.25, 0.1, 0.1, 0.08]))
            spoils.append(spoil_of(one, rng, time, occluders))
            if rng.random() < 0.25:
                spoils.append(spoil_of("jpeg", rng, time, ()))
        frames.append(tuple(spoils))
    return Plan(kind, tuple(frames))


def shifted(picture: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """The picture moved by whole pixels, its border repeated."""
    rows = np.clip(np.arange(picture.shape[0]) - dy, 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(picture.shape[1]) - dx, 0, picture.shape[1] - 1)
    return picture[rows][:, columns]


def motion_blur(picture: np.ndarray, length: float, angle: float) -> np.ndarray:
    """Mean over a straight path of `length` px."""
    count = max(int(np.ceil(length)), 1)
    steps = np.unique(np.round(np.linspace(-0.5, 0.5, count + 1)[:, None] * length * np.array([np.cos(angle), np.sin(angle)])).astype(int), axis=0)
    return sum(shifted(picture, int(dx), int(dy)).astype(np.float32) for dx, dy in steps) / len(steps)


def pil(picture: np.ndarray) -> Image.Image:
    """As a PIL picture."""
    return Image.fromarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8))


def defocus(picture: np.ndarray, radius: float) -> np.ndarray:
    """Soft focus."""
    return np.asarray(pil(picture).filter(ImageFilter.GaussianBlur(radius)), np.float32)


def compress(picture: np.ndarray, quality: int) -> np.ndarray:
    """Through JPEG."""
    stream = io.BytesIO()
    pil(picture).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"), np.float32)


def lower_resolution(picture: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    """As if seen with `factor` of the pixels along each side, enlarged again; sensor noise and compression at the small size."""
    if factor >= 1:
        return picture.astype(np.float32)
    size = (picture.shape[1], picture.shape[0])
    little = pil(picture).resize((max(round(size[0] * factor), 8), max(round(size[1] * factor), 8)), Image.Resampling.BOX)
    values = np.asarray(little, np.float32) + rng.normal(0, rng.uniform(0, 4), (little.height, little.width, 3))
    if rng.random() < 0.5:
        values = compress(values, int(rng.integers(40, 90)))
    return np.asarray(pil(values).resize(size, Image.Resampling.BILINEAR), np.float32)


def low_light(picture: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Less light, shot and read noise, sometimes pushed up again by the camera."""
    light = picture.astype(np.float32) * (0.3 - 0.24 * strength)
    spread = np.sqrt(light * rng.uniform(0.3, 1.2) + rng.uniform(1, 4) ** 2)
    return np.clip(light + spread * rng.standard_normal(light.shape, np.float32), 0, 255) * rng.uniform(1.0, 3.0)


def cover(picture: np.ndarray, occluder: Occluder, box: BOX, time: int) -> np.ndarray:
    """A patch over the person: one colour, stripes, or a piece of the picture itself."""
    rng = np.random.default_rng(occluder.seed)
    x, y, width, height = box
    longer = max(width, height)
    centre = np.array([x, y]) + np.array([width, height]) * occluder.centre + longer * time * np.array(occluder.speed)
    half = longer * np.array(occluder.size) / 2
    row, column = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32) + 0.5
    across, down = (column - centre[0]) / half[0], (row - centre[1]) / half[1]
    mask = across**2 + down**2 < 1 if occluder.round else (abs(across) < 1) & (abs(down) < 1)
    style = rng.integers(3)
    if style == 0:
        patch = np.full_like(picture, 0, np.float32) + rng.uniform(0, 255, 3)
    elif style == 1:
        stripes = np.sin(rng.uniform(2, 9) * (across * np.cos(a := rng.uniform(0, 3)) + down * np.sin(a))) > 0
        patch = np.where(stripes[..., None], rng.uniform(0, 255, 3), rng.uniform(0, 255, 3))
    else:
        patch = shifted(picture, int(rng.uniform(0.3, 0.7) * picture.shape[1]), int(rng.uniform(-0.2, 0.2) * picture.shape[0]))
    return np.where(mask[..., None], patch, picture).astype(np.float32)


def spoil(picture: np.ndarray, box: BOX, what: Spoil) -> np.ndarray:
    """One spoil on one RGB picture (H, W, 3), 0..255, with the person's box in its pixels."""
    rng = np.random.default_rng(what.seed)
    size = max(box[2], box[3])
    if what.kind == "blur":
        return motion_blur(picture, size * (0.04 + 0.16 * what.strength), rng.uniform(0, np.pi))
    if what.kind == "defocus":
        return defocus(picture, size * (0.01 + 0.035 * what.strength))
    if what.kind == "small":
        return lower_resolution(picture, (30 + 30 * what.strength) / size, rng)
    if what.kind == "dark":
        return low_light(picture, what.strength, rng)
    if what.kind == "jpeg":
        return compress(picture, int(25 - 20 * what.strength))
    if what.kind == "occlusion":
        for occluder in what.occluders:
            picture = cover(picture, occluder, box, what.time)
        return picture
    raise ValueError(f"no such degradation: {what.kind}")


def apply(picture: np.ndarray, box: BOX, spoils: tuple[Spoil, ...]) -> np.ndarray:
    """All spoils of a frame in order; float32, rounded to whole values as a camera would."""
    out = picture.astype(np.float32)
    for what in spoils:
        out = spoil(out, box, what)
    return np.clip(np.round(out), 0, 255).astype(np.float32)
