"""Golden numbers that hold TypeScript and Python together.

    python -m diffpose_training.diffusionpose.fixtures --out ../fixtures/golden/diffusionpose

Writes structure.json (centred heatmaps, noise, drawings, steps, both samplers with a decoder that is a formula), masks.json and attention.json (one block of spatial-channel
cross-attention). `export` writes model.json with the trained graphs.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from ..common.centre import REACH, centred
from ..common.golden import FORMULA, NOISE, filled, provenance, some_of, write
from ..common.heatmaps import draw, read_peaks
from ..common.joint_sets import AIC14, COCO17, CROWDPOSE14, JointSet
from ..common.packs import RANGES
from .attention import CrossAttention
from .graphs import encode_inputs, map_shapes
from .model import DiffusionPose, ModelConfig
from .sampler import coordinate_steps, coordinates, ddim_step, feedback, feedback_steps, found_in
from .structure import StructureConfig, add_noise, alphas_of, masks, place, to_limbs, to_points, unit

MARGIN = 1e-4  # no cell of a golden mask is nearer to the mask's edge, cells: rounding cannot turn it over
NARROW = torch.tensor([0.75, 1.0])
TIMES = (1, 100, 300, 1000)
FAKE = "clean[j, y, x] = 0.8 * noisy[j, y, x - 1] (0 at x = 0) + 0.05 * M_kps[y, x] * noisy[j, y, x] + 0.1 * M_ske[y, x] * noisy[j, y, x]"


def rounded(value: Tensor, digits: int = 6) -> list:
    """Nested lists."""
    return [round(float(v), digits) for v in value.double()] if value.dim() == 1 else [rounded(v, digits) for v in value]


def spans(mask: Tensor) -> list[list[int]]:
    """A mask (h, w) of 0 and 1 as [row, first column, column after the last]."""
    out = []
    for row, values in enumerate(mask.int().tolist()):
        start = None
        for column, value in enumerate([*values, 0]):
            if value and start is None:
                start = column
            elif not value and start is not None:
                out.append([row, start, column])
                start = None
    return out


def mask_case(name: str, joints: JointSet, points: Tensor, valid: Tensor, grid: tuple[int, int]) -> dict:
    """Both masks of one pose; refuses a pose with a cell at the very edge."""
    config, scale = StructureConfig(), grid[0] / 64
    for square, reach in ((to_points(points[None], valid[None], grid), config.keypoint), (to_limbs(points[None], valid[None], joints.limbs, grid), config.limb)):
        assert float((square.sqrt() - reach * scale).abs().min()) > MARGIN, f"{name}: move a point"
    hard, soft = (masks(points[None], valid[None], joints.limbs, grid, StructureConfig(soft=soft))[0] for soft in (False, True))
    return {
        "name": name, "joints": joints.name, "grid": list(grid), "points": rounded(points), "valid": valid.int().tolist(),
        "keypoints": spans(hard[0]), "skeleton": spans(hard[1]), "soft": {"keypoints": some_of(soft[0]), "skeleton": some_of(soft[1])},
    }  # fmt: skip


def fake(noisy: Tensor, guide: Tensor, step: Tensor) -> Tensor:
    """A decoder that any language can be."""
    moved = torch.nn.functional.pad(noisy, (1, 0))[..., :-1]
    return 0.8 * moved + (0.05 * guide[:, :1] + 0.1 * guide[:, 1:]) * noisy


def pose() -> tuple[Tensor, Tensor, Tensor]:
    """Seventeen places, all of them there, and three of them missing."""
    valid = torch.ones(17, dtype=torch.bool)
    some = valid.clone()
    some[[0, 7, 12]] = False
    return torch.round(filled((17, 2), 6, 58, shift=3) * 100) / 100, valid, some


def structure() -> dict:
    """Everything without weights."""
    alphas, grid = alphas_of(), (64, 64)
    points, _, _ = pose()
    noise = filled((17, 2), *NOISE, shift=19)
    clean = unit(points, grid)
    states = {t: add_noise(clean, noise, alphas[t - 1].float(), 2.0) for t in TIMES}
    coarse = draw(points[None], grid, 3.0) * torch.linspace(0.02, 1, 17)[:, None, None]
    config = ModelConfig()
    ends = {"feedback": feedback(fake, coarse, config, 3, again=True), "answered": feedback(fake, coarse, config, 3)}
    logits = filled((1, 17, *grid), *RANGES["heatmaps"], shift=31)
    ddim = [
        {"t": t, "after": u, "eta": eta, "result": rounded(ddim_step(states[t], clean * 0.9, float(alphas[t - 1]), float(alphas[u - 1]) if u else 1.0, 2.0, eta, noise if eta else None))}
        for t, u, eta in ((300, 100, 0.0), (1000, 500, 0.0), (300, 100, 0.5), (100, 0, 0.0))
    ]  # fmt: skip
    return {
        "provenance": provenance("diffusionpose.fixtures"),
        "formula": FORMULA,
        "centred": {
            "reach": 12, "places": "noised.points", "logits": {"shape": [1, 17, *grid], "low": RANGES["heatmaps"][0], "high": RANGES["heatmaps"][1], "shift": 31},
            "maps": some_of(centred(logits, points[None], REACH)),
        },
        "schedule": {"t": list(TIMES), "gamma": [float(f"{alphas[t - 1]:.12g}") for t in TIMES]},
        "steps": {"feedback": {str(n): feedback_steps(n) for n in (1, 2, 3, 5, 10)}, "coordinates": {str(n): coordinate_steps(n) for n in (1, 2, 3, 5)},
                  "coordinatesFrom300": {str(n): coordinate_steps(n, 300) for n in (1, 2, 3, 5)}},
        "noised": {
            "zeta": 2, "grid": list(grid), "points": rounded(points), "noise": {"shape": [17, 2], "low": NOISE[0], "high": NOISE[1], "shift": 19},
            "states": [{"t": t, "state": rounded(s), "places": rounded(place(s, grid, 2.0))} for t, s in states.items()],
        },
        "drawn": [
            {"grid": list(g), "sigma": 2.0, "points": rounded(p), "maps": some_of(draw(p, g, 2.0))}
            for g, p in ((grid, points), ((64, 48), points * NARROW), ((32, 32), points / 2))
        ],
        "ddim": {"zeta": 2, "state": "noised.states of t", "clean": "0.9 * normalised noised.points", "noise": "noised.noise", "cases": ddim},
        "samplers": {
            "decoder": FAKE, "coarse": "Gaussians of noised.points with sigma 3, times 0.02 to 1 evenly over the joints",
            **{name: {"steps": 3, "peaks": rounded(read_peaks(end)[0], 4), "seen": found_in(coarse)[1][0].int().tolist()} for name, end in ends.items()},
            "coordinates": {
                "steps": 3, "noise": "noised.noise",
                "fromNoise": rounded(read_peaks(coordinates(fake, coarse, noise[None], config, 3))[0], 4),
                "fromCoarse": rounded(read_peaks(coordinates(fake, coarse, noise[None], config, 3, start=300))[0], 4),
            },
        },
    }  # fmt: skip


def all_masks() -> dict:
    """Masks of poses whole and in part, at several grids, for each joint set."""
    grid, (points, valid, some) = (64, 64), pose()
    together = points.clone()
    together[7] = together[5]
    border = torch.cat([torch.tensor([[0.31, 0.22], [63.6, 63.4], [31.0, 0.13]]), points[3:]])
    return {
        "provenance": provenance("diffusionpose.fixtures"),
        "formula": FORMULA, "reach": {"keypoints": 4, "skeleton": 2, "unit": "cells of a grid of 64 rows; in proportion at others"},
        "cases": [
            mask_case("all joints", COCO17, points, valid, grid), mask_case("three joints missing", COCO17, points, some, grid),
            mask_case("two joints at one place", COCO17, together, valid, grid), mask_case("joints at the border", COCO17, border, valid, grid),
            mask_case("three to four", COCO17, points * NARROW, valid, (64, 48)), mask_case("eight pixels a cell", COCO17, points / 2, valid, (32, 32)),
            mask_case("nobody", COCO17, points, ~valid, grid), mask_case("CrowdPose", CROWDPOSE14, points[:14], some[:14], grid),
            mask_case("AI Challenger", AIC14, points[:14], some[:14], grid),
        ],
    }  # fmt: skip


@torch.no_grad()
def attention() -> dict:
    """One block whose weights are a formula."""
    channels, grid = 32, (16, 16)
    block, weights = CrossAttention(channels, grid), {}
    for i, (name, weight) in enumerate(block.named_parameters()):
        low, high = (0.5, 1.5) if name.startswith("norm") and name.endswith("weight") else (-0.3, 0.3)
        weight.copy_(filled(tuple(weight.shape), low, high, shift=5000 * i))
        weights[name] = {"shape": list(weight.shape), "low": low, "high": high, "shift": 5000 * i}
    features = filled((1, channels, *grid), -1, 2, shift=77)
    guide = (filled((1, 2, *grid), 0, 1, shift=99) < 0.4).float()
    query, key = features * guide[:, :1], features * guide[:, 1:]
    inner = []
    for part in ("out_spatial", "out_channel"):
        other = "out_channel" if part == "out_spatial" else "out_spatial"
        kept = getattr(block, other)
        setattr(block, other, None)
        inner.append(some_of(block(query, key)))
        setattr(block, other, kept)
    return {
        "provenance": provenance("diffusionpose.fixtures"),
        "formula": FORMULA, "window": block.window, "heads": block.heads, "weights": weights,
        "features": {"shape": [1, channels, *grid], "low": -1, "high": 2, "shift": 77},
        "masks": {"shape": [1, 2, *grid], "low": 0, "high": 1, "shift": 99, "rule": "1 where the value is below 0.4: keypoints, skeleton"},
        "spatial": inner[0], "channel": inner[1], "both": some_of(block(query, key)),
    }  # fmt: skip


@torch.no_grad()
def golden(model: DiffusionPose) -> dict:
    """The trained graphs: one crop, two states in one pass, both samplers."""
    config, shapes = model.config, encode_inputs(model.config)
    inputs = [filled((1, *shape), *RANGES[name], shift=1000 * i) for i, (name, shape) in enumerate(shapes.items())]
    maps = model.encode(*inputs)
    count, grid = config.set.count, config.grid
    noisy, guide = filled((2, count, *grid), 0, 1, shift=7), (filled((2, 2, *grid), 0, 1, shift=13) < 0.3).float()
    step, noise = torch.tensor([299.0, 0.0]), filled((1, count, 2), *NOISE, shift=19)

    def denoise(*state: Tensor) -> Tensor:
        return model.denoise(*state, *maps)

    return {
        "provenance": provenance("diffusionpose.export"),
        "formula": FORMULA,
        "inputs": {n: {"shape": [1, *s], "low": RANGES[n][0], "high": RANGES[n][1], "shift": 1000 * i} for i, (n, s) in enumerate(shapes.items())},
        "encode": {name: some_of(value) for name, value in zip(map_shapes(config), maps)},
        "denoise": {
            "noisy": {"shape": list(noisy.shape), "low": 0, "high": 1, "shift": 7},
            "masks": {"shape": list(guide.shape), "low": 0, "high": 1, "shift": 13, "rule": "1 where the value is below 0.3"},
            "step": step.tolist(), "clean": some_of(denoise(noisy, guide, step)),
        },
        **{
            name: {"steps": 2, "heatmaps": some_of(two := feedback(denoise, maps[0], config, 2, again=again)), "peaks": rounded(read_peaks(two)[0], 4)}
            for name, again in (("feedback", True), ("answered", False))
        },
        "coordinates": {
            "steps": 2, "noise": {"shape": list(noise.shape), "low": NOISE[0], "high": NOISE[1], "shift": 19},
            "heatmaps": some_of(random := coordinates(denoise, maps[0], noise, config, 2)), "peaks": rounded(read_peaks(random)[0], 4),
        },
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("../fixtures/golden/diffusionpose"))
    args = parser.parse_args()
    write(args.out / "structure.json", structure())
    write(args.out / "masks.json", all_masks())
    write(args.out / "attention.json", attention())


if __name__ == "__main__":
    main()
