"""Writes the golden fixture of the input chain: pixels in, network input and virtual camera out.

    python -m diffpose_training.diffpose_3d.fixtures --out ../fixtures/golden/diffpose_3d
"""

import argparse
import json
from pathlib import Path

import numpy as np

from .lifting_input import CONSTANTS, clip_window, coco_to_h36m, network_input, virtual_camera

# A standing person, COCO-17, in a unit box (x right, y down).
STANDING = np.array(
    [[50, 8], [52, 6], [48, 6], [55, 8], [45, 8], [62, 22], [38, 22], [68, 38], [32, 38], [70, 52], [30, 52]]
    + [[58, 52], [42, 52], [59, 75], [41, 75], [60, 98], [40, 98]]
) / 100.0


def plain(value, digits: int):
    """Nested lists of rounded numbers; NaN becomes null."""
    value = np.asarray(value, dtype=float)
    rounded = np.round(value, digits).tolist()

    def walk(item):
        return [walk(x) for x in item] if isinstance(item, list) else (None if item != item else item)

    return walk(rounded)


def walking_clip(rng: np.random.Generator, frames: int, size: float, corner: tuple[float, float], noise: float):
    """COCO-17 points of somebody who drifts through the picture, and scores in 0.3..1."""
    drift = np.stack([np.linspace(0, 0.6 * size, frames), np.linspace(0, 0.1 * size, frames)], -1)
    points = STANDING * size + np.array(corner) + drift[:, None] + rng.normal(0, noise * size, (frames, 17, 2))
    return np.round(points, 2), np.round(rng.uniform(0.3, 1, (frames, 17)), 3)


def input_case(name, points, scores, image, focal, first, frames) -> dict:
    """One case: a clip, the window taken from it, every intermediate value."""
    window, window_scores = clip_window(points, scores, first, 1, frames)
    joints, joint_scores = coco_to_h36m(window, window_scores)
    camera = virtual_camera(joints, joint_scores, image, focal)
    case = {
        "name": name, "image": list(image), "focal": focal, "first": first, "frames": frames,
        "points": plain(points, 2), "scores": plain(scores, 3),
        "R": plain(camera.R, 9), "size": float(np.round(camera.size, 6)),
        "input": plain(network_input(joints, joint_scores, camera), 7),
    }  # fmt: skip
    if frames <= 4:
        case["h36m"] = plain(np.concatenate([joints, joint_scores[..., None]], -1), 5)
    return case


def input_fixture(seed: int) -> dict:
    """Plain window, off-centre close person with gaps, window over both ends of a clip, nobody sure enough for a box."""
    rng = np.random.default_rng(seed)
    cases = []
    points, scores = walking_clip(rng, 3, 300, (200, 100), 0.01)
    cases.append(input_case("plain", points, scores, (640, 480), 704.0, 0, 3))
    points, scores = walking_clip(rng, 4, 420, (850, 20), 0.02)
    scores[1, 3:5], scores[2, 9], scores[3, 11], points[0, 7] = 0.02, 0.0, 0.04, np.nan
    scores[2, :5] = 0.0
    points[3, 16] = (-4000, 9000)
    cases.append(input_case("off centre, gaps, NaN, a point far outside", points, scores, (1280, 720), 1250.5, 0, 4))
    points, scores = walking_clip(rng, 20, 180, (60, 700), 0.01)
    scores[4] = 0.1
    cases.append(input_case("over both ends of the clip, one frame without box", points, scores, (720, 1280), 1408.0, -4, 27))
    points, scores = walking_clip(rng, 2, 100, (300, 200), 0.01)
    cases.append(input_case("no frame has a box", points, scores * 0.15, (640, 480), 704.0, 0, 2))
    return {
        "provenance": {
            "madeBy": "python -m diffpose_training.diffpose_3d.fixtures", "seed": seed, "dtype": "float64, input float32",
            "numpy": np.__version__,
        },
        "about": "COCO-17 clip in px (null = NaN) -> window [frames,17,2] -> H36M-17 (x, y, score) -> virtual camera R, "
        "size px -> network input (x, y, score); without a box the centre is the image centre and the size 8 px",
        "constants": {"neck": CONSTANTS["neck"], "head": CONSTANTS["head"]},
        "cases": cases,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("../fixtures/golden/diffpose_3d"))
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    file = args.out / "lifting_input.json"
    file.write_text(json.dumps(input_fixture(args.seed), separators=(",", ":")) + "\n")
    print(f"{file} {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
