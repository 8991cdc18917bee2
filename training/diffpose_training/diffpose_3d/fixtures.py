"""Golden fixtures that hold TypeScript and Python to the same numbers.

    python -m diffpose_training.diffpose_3d.fixtures --out ../fixtures/golden/diffpose_3d

writes the input chain (pixels in, network input and virtual camera out). The fixtures of the trained networks (context,
one denoising, a whole DDIM run) are written by export.py with the pack that they belong to.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from ..common.diffusion import ddim_step, step_list
from .lifting_input import CONSTANTS, clip_window, coco_to_h36m, network_input, virtual_camera
from .mixture import anchor

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


def provenance(seed: int) -> dict:
    """Where numbers of the networks come from."""
    return {
        "madeBy": "python -m diffpose_training.diffpose_3d.export", "seed": seed, "dtype": "float32", "torch": torch.__version__,
        "graphs": "fp32",
    }  # fmt: skip


@torch.no_grad()
def context_fixture(context: torch.nn.Module, points: torch.Tensor) -> dict:
    """One window through the context graph; features of three frames."""
    points = torch.from_numpy(np.round(points[:1].numpy(), 5))
    pose, features = context(points)
    frames = [0, 13, 26]
    return {
        "provenance": provenance(0), "points": plain(points[0], 5), "pose": plain(pose[0], 6), "featureFrames": frames,
        "features": plain(features[0, frames], 5),
    }  # fmt: skip


def some_states(held, context: torch.nn.Module, stats: dict, count: int, seed: int):
    """Frames of a window with kernels chosen: points, pose (n, 17, 3), kernel index (n, 17), anchor, features, noise."""
    generator = torch.Generator().manual_seed(seed)
    points = torch.from_numpy(np.round(held.points[1:2].numpy(), 5))
    pose, features = context(points)
    frames = torch.linspace(3, 23, count).long()
    points, pose, features = (torch.from_numpy(np.round(x[0, frames].numpy(), 5)) for x in (points, pose, features))
    mixture = torch.from_numpy(np.round(stats["mixture5"].numpy(), 6))
    index = torch.multinomial(mixture[..., 0], count, replacement=True, generator=generator).T  # (n, 17)
    kernel = torch.gather(mixture[None, ..., 1:].expand(count, -1, -1, -1), 2, index[..., None, None].expand(-1, -1, 1, 4))
    given = anchor(points, pose, kernel[:, :, 0], torch.from_numpy(np.round(stats["depthSigma"].numpy(), 6)))
    given = torch.from_numpy(np.round(given.numpy(), 6))
    noise = torch.from_numpy(np.round(torch.randn(count, 17, 5, generator=generator).numpy(), 5))
    return points, pose, index, given, features, noise


@torch.no_grad()
def denoise_fixture(model, held, context: torch.nn.Module, stats: dict, seed: int = 3) -> dict:
    """The denoiser on four states at four steps."""
    _, _, _, given, features, noise = some_states(held, context, stats, 4, seed)
    step = torch.tensor([49.0, 29.0, 9.0, 0.0])
    clean = model.denoise(noise, given, features, step)
    return {
        "provenance": provenance(seed), "state": plain(noise, 5), "anchor": plain(given, 6), "features": plain(features, 5),
        "step": step.tolist(), "clean": plain(clean, 6),
    }  # fmt: skip


@torch.no_grad()
def ddim_fixture(model, held, context: torch.nn.Module, stats: dict, seed: int = 4) -> dict:
    """Three frames: points, encoder pose and kernel choice -> anchor; noise -> states of five DDIM steps -> poses."""
    points, pose, index, given, features, state = some_states(held, context, stats, 3, seed)
    noise, states, steps = state, [], step_list(5, len(model.alphas))
    for i, k in enumerate(steps):
        after = float(model.alphas[steps[i + 1]]) if i + 1 < len(steps) else 1.0
        clean = model.denoise(state, given, features, torch.full((3,), float(k)))
        state = ddim_step(state, clean, float(model.alphas[k]), after)
        states.append(plain(state, 6))
    xyz = (given[..., :5] + given[..., 5:] * state)[..., 2:]
    return {
        "provenance": provenance(seed), "steps": steps, "points": plain(points, 5), "pose": plain(pose, 5), "kernel": index.tolist(),
        "anchor": plain(given, 6), "features": plain(features, 5), "noise": plain(noise, 5), "states": states,
        "poses": plain(xyz - xyz[:, :1], 6),
    }  # fmt: skip


def write_fixture(file: Path, content: dict) -> None:
    """Compact JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{file} {file.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("../fixtures/golden/diffpose_3d"))
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    write_fixture(args.out / "lifting_input.json", input_fixture(args.seed))


if __name__ == "__main__":
    main()
